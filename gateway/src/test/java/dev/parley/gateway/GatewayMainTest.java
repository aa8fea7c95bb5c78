package dev.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.gateway.assistant.AssistantConfig;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.redis.RedisServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class GatewayMainTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void a_second_gateway_on_the_same_port_says_so_and_ends() throws Exception {
        try (GatewayServer first = new GatewayServer(config("first"))) {
            String port = String.valueOf(first.port());

            assertThat(run(
                            "demo",
                            "--port",
                            port,
                            "--data",
                            folder.resolve("second").toString()))
                    .isNotZero();
            assertThat(err.toString())
                    .startsWith("parley: cannot listen on 127.0.0.1:" + port)
                    .contains("choose another --port")
                    .hasLineCount(1);
        }
    }

    @Test
    void a_second_gateway_on_the_same_folder_says_so_and_ends() throws Exception {
        try (GatewayServer first = new GatewayServer(config("first"))) {
            assertThat(first.port()).isPositive();

            assertThat(run(
                            "demo",
                            "--port",
                            "0",
                            "--data",
                            folder.resolve("first").toString()))
                    .isNotZero();
            assertThat(err.toString())
                    .startsWith("parley: another gateway uses the store in " + folder.resolve("first"))
                    .hasLineCount(1);
        }
    }

    @Test
    void a_demo_for_the_world_does_not_start() {
        assertThat(run("demo", "--host", "0.0.0.0", "--data", folder.toString()))
                .isNotZero();
        assertThat(err.toString()).contains("loopback only").hasLineCount(1);
    }

    @Test
    void a_policy_with_mistakes_is_refused_at_start_with_each_file_and_line() throws IOException {
        Path policies = Files.createDirectory(folder.resolve("policies"));
        Files.writeString(policies.resolve("acme.txt"), "EDIT MESSAGE own old yes\n\nedit-window-minutes soon\n");

        assertThat(run("demo", "--port", "0", "--data", folder.toString(), "--policy-dir", policies.toString()))
                .isNotZero();
        assertThat(err.toString())
                .contains(policies.resolve("acme.txt") + ", line 1: 5 cells, not 9")
                .contains(policies.resolve("acme.txt") + ", line 3: soon is no number of minutes")
                .hasLineCount(2);
    }

    @Test
    void a_policy_folder_that_is_not_there_is_named() {
        Path policies = folder.resolve("none");

        assertThat(run("demo", "--port", "0", "--data", folder.toString(), "--policy-dir", policies.toString()))
                .isNotZero();
        assertThat(err.toString())
                .startsWith("parley: " + policies + " is not a folder")
                .hasLineCount(1);
    }

    @Test
    void a_store_that_there_is_not_is_refused_without_its_password() {
        assertThat(run("demo", "--port", "0", "--data", folder.toString(), "--store", "http://me:secret@host"))
                .isNotZero();
        assertThat(err.toString())
                .startsWith("parley: --store http://(hidden)@host is not rocksdb, memory or a URI of Redis")
                .hasLineCount(1);
    }

    @Test
    void a_gateway_whose_redis_may_lose_what_it_acknowledged_does_not_start() {
        try (RedisServer redis = RedisServer.start("--appendfsync", "everysec")) {
            assertThat(run("demo", "--port", "0", "--data", folder.toString(), "--store", redis.uri()))
                    .isNotZero();
        }
        assertThat(err.toString())
                .startsWith("parley: appendfsync of Redis is everysec and must be always")
                .hasLineCount(1);
    }

    @Test
    void a_gateway_without_its_redis_does_not_start() {
        RedisServer gone = RedisServer.start();
        gone.close();
        assertThat(run("demo", "--port", "0", "--data", folder.toString(), "--store", gone.uri()))
                .isNotZero();
        assertThat(err.toString()).startsWith("parley: Redis cannot be reached").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "serve", "token"})
    void each_command_explains_itself(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: parley " + command);
        assertThat(err.toString()).isEmpty();
    }

    private int run(String... arguments) {
        CommandLine commandLine = GatewayMain.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }

    private GatewayConfig config(String name) {
        return new GatewayConfig(
                true,
                "127.0.0.1",
                0,
                StoreKind.ROCKSDB,
                folder.resolve(name),
                Durability.PROCESS,
                "a secret of more than thirty-two bytes, for tests",
                "",
                List.of(),
                1 << 20,
                1,
                0,
                0,
                Limits.DEFAULT,
                AssistantConfig.NONE,
                Map.of());
    }
}
