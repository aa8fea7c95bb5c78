package dev.parley.gateway;

import java.net.BindException;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;

/** Runs a gateway until the process is asked to end. */
final class Foreground {
    private final GatewayConfig config;

    Foreground(GatewayConfig config) {
        this.config = config;
    }

    /** Prints where it listens and then {@code more}, in which {@code {url}} stands for the address. */
    int run(String more) throws InterruptedException, BindException {
        GatewayServer server = new GatewayServer(config);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            end(server);
                            ended.countDown();
                        },
                        "shutdown"));
        String shown = config.host().equals("0.0.0.0") ? "localhost" : config.host();
        String url = "http://" + shown + ":" + server.port();
        System.out.println("parley ready on " + url);
        System.out.print(more.replace("{url}", url));
        System.out.flush();
        ended.await();
        return CommandLine.ExitCode.OK;
    }

    private static void end(GatewayServer server) {
        try {
            server.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
    }
}
