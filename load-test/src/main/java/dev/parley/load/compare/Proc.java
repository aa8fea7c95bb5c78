package dev.parley.load.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What Linux tells of processes and processors. For any thread. */
final class Proc {
    /** Every Linux has 100 ticks in a second where programs see them. */
    private static final long MICROS_PER_TICK = 10_000;

    private static final Path ROOT = Path.of("/proc");
    private static final String KERNEL_THREADS_PARENT = "2";
    private static final String RESIDENT = "VmRSS:";

    private Proc() {}

    /** User and system time of a process; 0 if there is none. */
    static long cpuMicros(long pid) {
        return cpuMicros(stat(Long.toString(pid)));
    }

    private static long cpuMicros(String[] stat) {
        return stat.length == 0 ? 0 : (Long.parseLong(stat[11]) + Long.parseLong(stat[12])) * MICROS_PER_TICK;
    }

    /** The same of all that the kernel does by itself, such as journals, write-back and what interrupts leave over. */
    static long kernelThreadsMicros() throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(ROOT, "[0-9]*")) {
            for (Path process : processes) {
                String[] stat = stat(String.valueOf(process.getFileName()));
                if (stat.length > 0 && stat[1].equals(KERNEL_THREADS_PARENT)) {
                    sum += cpuMicros(stat);
                }
            }
        }
        return sum;
    }

    /** What follows the name, which is in parentheses and may have anything in it; empty if there is no such process. */
    private static String[] stat(String pid) {
        String line = read(ROOT.resolve(pid).resolve("stat"));
        return line.isEmpty()
                ? new String[0]
                : line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    }

    /**
     * The time that a processor was not idle, with what others took from this machine, since a moment that is the same for all
     * calls. What it was busy with is counted by ticks, which who wakes with a timer may miss for a whole window; how long it
     * was idle is measured.
     */
    static long busyMicros(int processor) {
        for (String line : read(ROOT.resolve("stat")).lines().toList()) {
            String[] fields = line.split(" +", -1);
            if (fields[0].equals("cpu" + processor)) {
                // user nice system idle iowait irq softirq steal
                long idleTicks = Long.parseLong(fields[4]) + Long.parseLong(fields[5]);
                return System.nanoTime() / 1_000 - idleTicks * MICROS_PER_TICK;
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
            if (file.startsWith(ROOT) && !Files.exists(file)) {
                return "";
            }
            throw new UncheckedIOException(e);
        }
    }
}
