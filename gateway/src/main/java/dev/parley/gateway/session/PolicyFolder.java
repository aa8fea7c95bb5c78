package dev.parley.gateway.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A folder with a file {@code TENANT.txt} for each tenant whose rows stand before the common ones. Read at start. */
public final class PolicyFolder {
    private static final String SUFFIX = ".txt";

    private PolicyFolder() {}

    /** Throws {@link IllegalArgumentException} that names every mistake, each with its file and line. */
    public static Map<String, PolicyTable> read(Path folder) {
        Map<String, PolicyTable> byTenant = new TreeMap<>();
        List<String> mistakes = new ArrayList<>();
        for (Path file : files(folder)) {
            String name = String.valueOf(file.getFileName());
            try {
                byTenant.put(
                        name.substring(0, name.length() - SUFFIX.length()),
                        PolicyTable.COMMON.with(file.toString(), Files.readString(file)));
            } catch (IllegalArgumentException e) {
                mistakes.add(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                mistakes.add(file + ": cannot be read as UTF-8: " + e.getMessage());
            }
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", mistakes));
        }
        return byTenant;
    }

    private static List<Path> files(Path folder) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            found.forEach(files::add);
        } catch (NotDirectoryException | NoSuchFileException e) {
            throw new IllegalArgumentException(folder + " is not a folder", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return files;
    }
}
