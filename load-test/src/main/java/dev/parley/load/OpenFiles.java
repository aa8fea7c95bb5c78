package dev.parley.load;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/** How many connections this process may have: each is an open file. For any thread. */
public final class OpenFiles {
    /** For jars, logs, reports and what else a run opens. */
    private static final int RESERVED = 200;

    private OpenFiles() {}

    /** More than anybody wants where there is no limit. */
    public static long connectionsMax() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount() - RESERVED
                : Long.MAX_VALUE;
    }
}
