package dev.parley.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;

/** What of a gateway's heap is in use after a collection of all that is not. Asking blocks. */
public record LiveHeap(GatewayProcess gateway) {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
    private static final String USED = "jvm_memory_used_bytes{area=\"heap\"";

    public long bytes() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        HttpRequest metrics = HttpRequest.newBuilder(gateway.http().resolve("/metrics"))
                .timeout(ANSWER_MAX)
                .build();
        try {
            Process collection = new ProcessBuilder(jcmd, Long.toString(gateway.pid()), "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (collection.waitFor() != 0) {
                throw new IllegalStateException("jcmd failed");
            }
            return (long) HttpClient.newHttpClient()
                    .send(metrics, BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(USED))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
