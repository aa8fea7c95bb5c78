package dev.parley.load.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** What Linux tells of processes and processors. For any thread. */
final class Proc {
    /** Every Linux has 100 ticks in a second where programs see them. */
    private static final long MICROS_PER_TICK = 10_000;

    private static final Path ROOT = Path.of("/proc");
    private static final String RESIDENT = "VmRSS:";

    private Proc() {}

    /** User and system time of a process and of those that it started. */
    static long cpuMicros(long pid) {
        LongStream started = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .mapToLong(ProcessHandle::pid);
        return LongStream.concat(LongStream.of(pid), started)
                .map(Proc::ownCpuMicros)
                .sum();
    }

    private static long ownCpuMicros(long pid) {
        String line = read(ROOT.resolve(Long.toString(pid)).resolve("stat"));
        if (line.isEmpty()) {
            return 0;
        }
        // The name, which is in parentheses, may have anything in it.
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MICROS_PER_TICK;
    }

    /** The time that a processor was busy, with what others took from this machine. */
    static long busyMicros(int processor) {
        for (String line : read(ROOT.resolve("stat")).lines().toList()) {
            String[] fields = line.split(" +", -1);
            if (fields[0].equals("cpu" + processor)) {
                // user nice system idle iowait irq softirq steal
                long ticks = 0;
                for (int field : List.of(1, 2, 3, 6, 7, 8)) {
                    ticks += Long.parseLong(fields[field]);
                }
                return ticks * MICROS_PER_TICK;
            }
        }
        throw new IllegalStateException("there is no processor " + processor);
    }

    static long residentKilobytes(long pid) {
        return read(ROOT.resolve(Long.toString(pid)).resolve("status"))
                .lines()
                .filter(line -> line.startsWith(RESIDENT))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** Empty if there is no such file, or no longer. */
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
