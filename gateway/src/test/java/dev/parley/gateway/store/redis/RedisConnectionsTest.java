package dev.parley.gateway.store.redis;

import static dev.parley.gateway.store.Answers.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RedisConnectionsTest {
    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void a_connection_comes_back_after_its_server_did() {
        try (RedisServer server = RedisServer.start();
                RedisConnections connections = RedisConnections.of(server.uri());
                RedisLink link = connections.connect()) {
            await(link.commands().set(bytes("key"), bytes("value")));
            server.kill();
            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> !link.isOpen());
            server.restart();
            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(link::isOpen);
            assertThat(await(link.commands().get(bytes("key")))).isEqualTo(bytes("value"));
        }
    }

    @Test
    void a_sharded_channel_is_heard_again_after_the_connection_was_cut() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                RedisConnections connections = RedisConnections.of(server.uri());
                RedisLink link = connections.connect();
                StatefulRedisPubSubConnection<byte[], byte[]> channels = connections.subscribe()) {
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            channels.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void smessage(byte[] channel, byte[] message) {
                    heard.add(new String(message, UTF_8));
                }
            });
            await(channels.async().ssubscribe(bytes("channel")));
            await(link.commands().spublish(bytes("channel"), bytes("one")));
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("one");
            server.cli("CLIENT", "KILL", "TYPE", "pubsub");
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .until(() -> await(link.commands().spublish(bytes("channel"), bytes("two"))) == 1);
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("two");
        }
    }

    @Test
    void what_is_no_uri_of_redis_is_refused() {
        assertThatThrownBy(() -> RedisConnections.of("http://localhost")).isInstanceOf(IllegalArgumentException.class);
    }
}
