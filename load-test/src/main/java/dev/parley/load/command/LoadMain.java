package dev.parley.load.command;

import dev.parley.load.Load;
import dev.parley.load.LoadPlan;
import dev.parley.load.OpenFiles;
import dev.parley.load.TokenMint;
import dev.parley.load.Transport;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Puts a gateway under load and judges what it did: {@code java -jar parley-load.jar run --gateway-jar parley.jar}. */
@Command(
        name = "parley-load",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {LoadMain.Run.class, Simulate.class, Compare.class},
        description = "Load on a Parley gateway over its wire.")
public final class LoadMain implements Runnable {
    /** Exit code of a run that found a violation. */
    static final int VIOLATED = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    private LoadMain() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new LoadMain());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            showDefaultValues = true,
            description = {
                "Runs visitors and agents against a gateway, then checks that nothing was lost, doubled or left different.",
                "Exits with 0 if all was well and with 1 if not."
            })
    static final class Run implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Mixin
        @SuppressWarnings("NullAway.Init") // set by picocli
        private LoadedGateway gateway;

        @Option(names = "--seconds", description = "How long submissions are made.")
        private int seconds = 30;

        @Option(names = "--conversations")
        private int conversations = 50;

        @Option(names = "--tabs", description = "Connections of each visitor.")
        private int tabs = 2;

        @Option(names = "--agents", description = "Connections of agents, over all.")
        private int agents = 4;

        @Option(names = "--agents-per-conversation")
        private int agentsPerConversation = 2;

        @Option(
                names = "--rate",
                description = "Submissions a second, over all; due whether or not the gateway keeps up.")
        private int rate = 500;

        @Option(names = "--cuts", description = "Connections broken a second, over all.")
        private double cutsPerSecond = 0.5;

        @Option(names = "--percent-behind", description = "Connections that read late and so write on the past.")
        private int percentBehind = 10;

        @Option(names = "--settle-seconds", description = "How long the last answers may take.")
        private int settleSeconds = 60;

        @Option(names = "--seed", description = "Of all that is random; printed if not given.")
        private @Nullable Long seed;

        @Override
        public Integer call() throws IOException {
            Clock clock = Clock.systemUTC();
            LoadPlan plan = plan(clock);
            long connectionsMax = OpenFiles.connectionsMax();
            if (plan.connections() > connectionsMax) {
                throw new ParameterException(
                        spec.commandLine(),
                        "it takes " + plan.connections() + " connections, and this process may have " + connectionsMax
                                + " (ulimit -n)");
            }
            return gateway.load(1, gateways -> run(gateways.urls().get(0), gateways.tokenSecret(), clock, plan));
        }

        private int run(URI url, String secret, Clock clock, LoadPlan plan) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("--seed=" + plan.seed() + "  " + plan);
            EventLoopGroup group = Transport.oneLoop();
            Load load = new Load(group.next(), url, new TokenMint(secret, clock), plan);
            try {
                load.open();
                load.start();
                load.awaitMade();
                Load.Outcome outcome = load.judge(Duration.ofSeconds(settleSeconds));
                out.print(outcome.table());
                outcome.violations().forEach(violation -> out.println("--seed=" + plan.seed() + "  " + violation));
                out.println(outcome.violations().size() + " violations");
                out.flush();
                return outcome.violations().isEmpty() ? 0 : VIOLATED;
            } finally {
                load.close();
                group.shutdownGracefully().syncUninterruptibly();
            }
        }

        private LoadPlan plan(Clock clock) {
            try {
                return new LoadPlan(
                        seed != null ? seed : new SecureRandom().nextInt(1_000_000_000),
                        "load-" + Long.toString(clock.millis(), Character.MAX_RADIX),
                        conversations,
                        tabs,
                        agents,
                        agentsPerConversation,
                        rate,
                        Duration.ofSeconds(seconds),
                        cutsPerSecond,
                        percentBehind);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
        }
    }
}
