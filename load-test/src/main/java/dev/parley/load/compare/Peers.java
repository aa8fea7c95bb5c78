package dev.parley.load.compare;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The servers of others, as npm installs them, with the Node that they run on. For one thread. */
public final class Peers {
    /** In their folder. */
    static final String NODE = "node_modules/.bin/node";

    private static final Path INSTALLED = Path.of("node_modules", ".package-lock.json");

    private Peers() {}

    /** Does nothing if the versions that the folder pins are there. */
    public static void install(Path folder, PrintWriter out) throws IOException, InterruptedException {
        Path pinned = folder.resolve("package-lock.json");
        Path installed = folder.resolve(INSTALLED);
        if (!Files.exists(pinned)) {
            throw new IOException(folder + " is not the folder of the servers that Parley is compared with (--peers)");
        }
        if (Files.exists(installed)
                && Files.isExecutable(folder.resolve(NODE))
                && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(pinned)) >= 0) {
            return;
        }
        out.println("npm ci in " + folder);
        out.flush();
        int code = new ProcessBuilder(List.of("npm", "ci", "--no-audit", "--no-fund"))
                .directory(folder.toFile())
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("npm ci ended with " + code + " in " + folder);
        }
        if (!Files.isExecutable(folder.resolve(NODE))) {
            throw new IOException("npm installed no Node in " + folder + ": its package has an install script");
        }
    }
}
