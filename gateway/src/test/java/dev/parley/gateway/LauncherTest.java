package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code gateway/parley}, with a java that says what it was called with. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final Path LAUNCHER = Path.of("parley").toAbsolutePath();

    @TempDir
    private Path folder;

    @BeforeEach
    void java() throws IOException {
        Path java = Files.createDirectory(folder.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nfor word in \"$@\"; do echo \"$word\"; done\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void passes_every_word_on_as_it_is() throws Exception {
        List<String> words = run(Map.of(), LAUNCHER.toString(), "serve", "--data", "a folder", "");
        assertThat(words).endsWith("serve", "--data", "a folder", "");
    }

    @Test
    void runs_the_jar_beside_it_and_else_the_one_that_was_built() throws Exception {
        assertThat(run(Map.of(), LAUNCHER.toString()))
                .endsWith(
                        "-jar",
                        LAUNCHER.resolveSibling("target").resolve("parley.jar").toString());
        Path copy = Files.copy(LAUNCHER, folder.resolve("parley"));
        assertThat(copy.toFile().setExecutable(true)).isTrue();
        Path jar = Files.createFile(folder.resolve("parley.jar"));
        assertThat(run(Map.of(), copy.toString()))
                .endsWith("-jar", jar.toRealPath().toString());
    }

    @Test
    void adds_the_flags_of_the_environment() throws Exception {
        assertThat(run(Map.of("PARLEY_JVM_FLAGS", "-Xmx1g -Dname=value"), LAUNCHER.toString()))
                .contains("-Xmx1g", "-Dname=value");
    }

    @Test
    void has_flags_of_its_own_where_there_is_one_processor() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/taskset")));
        assertThat(run(Map.of(), "taskset", "-c", "0", LAUNCHER.toString()))
                .containsSubsequence("-XX:InitialRAMPercentage=4", "-XX:NewRatio=1", "-jar");
    }

    private List<String> run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(Arrays.asList(command)));
        builder.environment().put("JAVA_HOME", folder.toString());
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return Arrays.asList(output.substring(0, output.length() - 1).split("\n", -1));
    }
}
