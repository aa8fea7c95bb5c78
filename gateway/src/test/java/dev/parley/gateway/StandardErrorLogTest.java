package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.BasicConfigurator;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.util.DefaultJoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class StandardErrorLogTest {
    @Test
    void what_the_gateway_says_and_what_others_warn_of_is_a_line_each() {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        PrintStream before = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            new StandardErrorLog().configure(context);
            context.getLogger("dev.parley.gateway.GatewayServer").info("started");
            context.getLogger("io.netty.channel.Channel").info("not told");
            context.getLogger("io.netty.channel.Channel").warn("told");
            context.getLogger("io.lettuce.core.protocol.DefaultEndpoint").warn("not told");
        } finally {
            System.setErr(before);
            context.stop();
        }

        String time = "\\d\\d:\\d\\d:\\d\\d\\.\\d{3} ";
        assertThat(written.toString(StandardCharsets.UTF_8))
                .matches(time + "INFO  d.p.g.GatewayServer started\\R" + time + "WARN  i.n.channel.Channel told\\R");
    }

    @Test
    void logback_finds_it_and_asks_it_after_its_files_and_before_its_own_default() {
        assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(StandardErrorLog.class);
        assertThat(rank(StandardErrorLog.class))
                .isLessThan(rank(DefaultJoranConfigurator.class))
                .isGreaterThan(rank(BasicConfigurator.class));
    }

    private static int rank(Class<? extends Configurator> configurator) {
        return configurator.getAnnotation(ConfiguratorRank.class).value();
    }
}
