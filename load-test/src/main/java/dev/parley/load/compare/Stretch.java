package dev.parley.load.compare;

import java.io.IOException;

/**
 * What the processors did from one moment to another: in percent of one.
 *
 * @param kernelPercent what the kernel did by itself, on whichever processor: mostly the writes of whoever writes
 * @param noisePercent what nobody else here did, on both processors
 */
record Stretch(
        double seconds,
        long serverMicros,
        double serverPercent,
        double generatorPercent,
        double kernelPercent,
        double noisePercent) {

    /** With more of it nothing is concluded. */
    private static final double NOISE_PERCENT_MAX = 10;

    /** Where processes are told more time than processors had, the times are not right. */
    static boolean isQuiet(double noisePercent) {
        return Math.abs(noisePercent) <= NOISE_PERCENT_MAX;
    }

    /** A moment. */
    record Mark(long nanos, long serverMicros, long generatorMicros, long kernelMicros, long busyMicros) {

        /** Ends with what has to be exact, since it takes a while. */
        static Mark beginning(Server server, Processors processors) throws IOException {
            return now(server, processors, Proc.kernelThreadsMicros());
        }

        /** Begins with what has to be exact. */
        static Mark end(Server server, Processors processors) throws IOException {
            Mark mark = now(server, processors, 0);
            return new Mark(
                    mark.nanos(),
                    mark.serverMicros(),
                    mark.generatorMicros(),
                    Proc.kernelThreadsMicros(),
                    mark.busyMicros());
        }

        private static Mark now(Server server, Processors processors, long kernelMicros) {
            return new Mark(
                    System.nanoTime(),
                    server.cpuMicros(),
                    Proc.cpuMicros(ProcessHandle.current().pid()),
                    kernelMicros,
                    Proc.busyMicros(processors.server()) + Proc.busyMicros(processors.generator()));
        }
    }

    static Stretch between(Mark from, Mark to) {
        double micros = (to.nanos() - from.nanos()) / 1e3;
        long server = to.serverMicros() - from.serverMicros();
        long generator = to.generatorMicros() - from.generatorMicros();
        long kernel = to.kernelMicros() - from.kernelMicros();
        long beside = to.busyMicros() - from.busyMicros() - server - generator - kernel;
        return new Stretch(
                micros / 1e6,
                server,
                100 * server / micros,
                100 * generator / micros,
                100 * kernel / micros,
                100 * beside / micros);
    }
}
