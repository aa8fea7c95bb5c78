package dev.parley.load.gatling;

import java.lang.management.ManagementFactory;
import java.util.Locale;

/** How much of its time an event loop has worked since some moment; made and asked on that loop. */
record LoopTime(long wallNanos, long cpuNanos) {
    static LoopTime begin() {
        return new LoopTime(
                System.nanoTime(), ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
    }

    /** As a line of a table. */
    String share() {
        LoopTime now = begin();
        return String.format(
                Locale.ROOT,
                "%-44s%d%%%n",
                "the clients' loop was busy",
                Math.round(100.0 * (now.cpuNanos - cpuNanos) / Math.max(1, now.wallNanos - wallNanos)));
    }
}
