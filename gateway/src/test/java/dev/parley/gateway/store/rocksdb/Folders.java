package dev.parley.gateway.store.rocksdb;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** The files of a store, seen from outside. */
final class Folders {
    private Folders() {}

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** The write-ahead logs, oldest first. */
    static List<Path> logs(Path folder) throws IOException {
        return files(folder).stream()
                .filter(file -> file.getFileName().toString().endsWith(".log"))
                .toList();
    }

    static Path newestLog(Path folder) throws IOException {
        List<Path> logs = logs(folder);
        return logs.get(logs.size() - 1);
    }

    static Path copy(Path from, Path to) throws IOException {
        delete(to);
        Files.createDirectories(to);
        for (Path file : files(from)) {
            Files.copy(file, to.resolve(file.getFileName()));
        }
        return to;
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            for (Path file : files(folder)) {
                Files.delete(file);
            }
            Files.delete(folder);
        }
    }

    /** A checksum for each file but RocksDB's own diary, which notes each attempt to open. */
    static SortedMap<String, Long> checksums(Path folder) throws IOException {
        SortedMap<String, Long> checksums = new TreeMap<>();
        for (Path file : files(folder)) {
            String name = file.getFileName().toString();
            if (!name.startsWith("LOG")) {
                CRC32C crc = new CRC32C();
                crc.update(Files.readAllBytes(file));
                checksums.put(name, crc.getValue());
            }
        }
        return checksums;
    }

    static void flip(Path file, long offset, int bits) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[Math.toIntExact(offset)] ^= (byte) bits;
        Files.write(file, bytes);
    }

    static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
