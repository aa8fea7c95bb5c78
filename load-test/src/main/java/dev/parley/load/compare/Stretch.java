package dev.parley.load.compare;

/**
 * What the processors did from one moment to another: in percent of one.
 *
 * @param noisePercent what neither the server nor the generator did, on the one of their two processors that had more of it
 */
record Stretch(double seconds, long serverMicros, double serverPercent, double generatorPercent, double noisePercent) {

    /** A moment. */
    record Mark(long nanos, long serverMicros, long generatorMicros, long serverBusyMicros, long generatorBusyMicros) {
        static Mark now(Server server, Processors processors) {
            return new Mark(
                    System.nanoTime(),
                    Proc.cpuMicros(server.pid()),
                    Proc.cpuMicros(ProcessHandle.current().pid()) - Proc.cpuMicros(server.pid()),
                    Proc.busyMicros(processors.server()),
                    Proc.busyMicros(processors.generator()));
        }
    }

    static Stretch between(Mark from, Mark to) {
        double micros = (to.nanos() - from.nanos()) / 1e3;
        long server = to.serverMicros() - from.serverMicros();
        long generator = to.generatorMicros() - from.generatorMicros();
        long beside = Math.max(
                to.serverBusyMicros() - from.serverBusyMicros() - server,
                to.generatorBusyMicros() - from.generatorBusyMicros() - generator);
        return new Stretch(
                micros / 1e6, server, 100 * server / micros, 100 * generator / micros, 100 * beside / micros);
    }
}
