package dev.parley.gateway.store.redis;

import static dev.parley.gateway.store.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.StoreOpenException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that takes TLS, with a certificate that Java's trust store has or has not. */
class RedisTlsTest {
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    private RedisServer server;
    private String uri;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException, InterruptedException {
        Path keys = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        Path key =
                pem("PRIVATE KEY", store.getKey("redis", PASSWORD.toCharArray()).getEncoded());
        Path certificate = pem("CERTIFICATE", store.getCertificate("redis").getEncoded());
        trust(store);
        int port = RedisServer.freePort();
        server = RedisServer.start(
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                certificate.toString(),
                "--tls-key-file",
                key.toString(),
                "--tls-auth-clients",
                "no");
        uri = "rediss://127.0.0.1:" + port;
    }

    private Path pem(String kind, byte[] bytes) throws IOException {
        return Files.writeString(
                folder.resolve(kind + ".pem"),
                "-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + kind
                        + "-----\n");
    }

    private void trust(KeyStore from) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("redis", from.getCertificate("redis"));
        try (OutputStream out = Files.newOutputStream(folder.resolve("trusted.p12"))) {
            trusted.store(out, PASSWORD.toCharArray());
        }
    }

    @AfterEach
    void stop() {
        System.clearProperty(TRUST_STORE);
        System.clearProperty(TRUST_STORE + "Password");
        server.close();
    }

    private RedisOperationStore open() {
        return RedisOperationStore.open(RedisOptions.of(uri, Durability.DISK), System::nanoTime, nanos -> {});
    }

    @Test
    void what_one_node_appends_over_tls_another_is_told_of_and_reads() throws InterruptedException {
        System.setProperty(TRUST_STORE, folder.resolve("trusted.p12").toString());
        System.setProperty(TRUST_STORE + "Password", PASSWORD);
        try (RedisOperationStore here = open();
                RedisOperationStore there = open()) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            BlockingQueue<Long> told = new LinkedBlockingQueue<>();
            here.watch(writer.key(), told::add);
            assertThat(told.poll(60, TimeUnit.SECONDS)).isZero();
            assertThat(await(there.append(List.of(writer.append("text"))))).containsExactly(AppendResult.STORED);
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(await(here.load(writer.key())).end()).isEqualTo(writer.chain());
        }
    }

    @Test
    void a_server_whose_certificate_nobody_vouches_for_is_not_talked_to() {
        assertThatThrownBy(this::open).isInstanceOf(StoreOpenException.class);
    }
}
