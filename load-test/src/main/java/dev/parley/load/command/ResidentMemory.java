package dev.parley.load.command;

import dev.parley.load.GatewayProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What gateways that were started here hold in memory, as Linux tells it. */
final class ResidentMemory {
    private static final String LINE = "VmRSS:";

    private final List<GatewayProcess> gateways;
    private final long startKilobytes;

    ResidentMemory(List<GatewayProcess> gateways) throws IOException {
        this.gateways = gateways;
        this.startKilobytes = kilobytes();
    }

    /** A line for a table; empty where nothing is known. */
    String sinceStart(int connections) throws IOException {
        long now = kilobytes();
        return startKilobytes == 0 || now == 0 || connections == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%-44s%,d KB, %,d at start: %.1f KB for each of %,d connections%n",
                        "resident memory of what was started",
                        now,
                        startKilobytes,
                        (now - startKilobytes) / (double) connections,
                        connections);
    }

    private long kilobytes() throws IOException {
        long sum = 0;
        for (GatewayProcess gateway : gateways) {
            Path status = Path.of("/proc", Long.toString(gateway.pid()), "status");
            if (Files.exists(status)) {
                sum += Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith(LINE))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
            }
        }
        return sum;
    }
}
