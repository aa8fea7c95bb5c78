package dev.parley.gateway.store.redis;

import static dev.parley.gateway.store.Answers.await;
import static dev.parley.gateway.store.Answers.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.conversation.RejectCode;
import dev.parley.gateway.store.Append;
import dev.parley.gateway.store.AppendResult;
import dev.parley.gateway.store.DamagedLogException;
import dev.parley.gateway.store.Durability;
import dev.parley.gateway.store.LogWriter;
import dev.parley.gateway.store.StoreBusyException;
import dev.parley.gateway.store.StoreFailedException;
import dev.parley.gateway.store.StoreOpenException;
import dev.parley.gateway.store.StoredConversation;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisFaultTest {
    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(condition);
    }

    private static List<AppendResult> append(RedisOperationStore store, Append append) {
        return await(store.append(List.of(append)));
    }

    private static RedisOperationStore open(RedisProxy proxy, Durability durability) {
        return RedisOperationStore.open(RedisOptions.of(proxy.uri(), durability), System::nanoTime, nanos -> {});
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_is_sent_again_since_its_fate_is_unknown_is_appended_once(boolean grewMeanwhile) {
        try (RedisServer server = RedisServer.start();
                RedisProxy proxy = new RedisProxy(server);
                RedisOperationStore store = open(proxy, Durability.DISK);
                RedisOperationStore other = RedisStores.open(server, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            append(store, writer.append("first"));
            proxy.swallowReplies(true);
            List<Append> sent = new ArrayList<>();
            List<CompletionStage<List<AppendResult>>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                sent.add(writer.append("text " + i, "more"));
                answers.add(store.append(List.of(sent.get(i))));
            }
            until(() -> "21"
                    .equals(text(raw(server, redis -> redis.hget(keys(writer).head(), bytes("writes"))))));
            answers.forEach(answer -> assertThat(failure(answer)).isInstanceOf(StoreFailedException.class));
            proxy.swallowReplies(false);
            proxy.cut();
            assertThat(proxy.swallowed()).isPositive();
            if (grewMeanwhile) {
                append(other, writer.append("of another node"));
            }

            until(store::isHealthy);
            for (Append again : sent) {
                assertThat(append(store, again)).containsExactly(AppendResult.STORED);
            }
            StoredConversation stored = await(store.load(writer.key()));
            assertThat(stored.end()).isEqualTo(writer.chain());
            assertThat(stored.entries()).hasSize(grewMeanwhile ? 42 : 41);
        }
    }

    @Test
    void what_a_cut_left_without_an_answer_is_answered_on_the_next_connection_and_appended_once() {
        try (RedisServer server = RedisServer.start();
                RedisProxy proxy = new RedisProxy(server);
                RedisOperationStore store = open(proxy, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            append(store, writer.append("first"));
            proxy.swallowReplies(true);
            List<CompletionStage<List<AppendResult>>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                LogWriter other = LogWriter.of("tenant", "other " + i);
                answers.add(store.append(List.of(other.append("text"))));
            }
            answers.add(store.append(List.of(writer.append("second"))));
            until(() ->
                    "2".equals(text(raw(server, redis -> redis.hget(keys(writer).head(), bytes("writes"))))));
            proxy.cut();
            proxy.swallowReplies(false);
            answers.forEach(answer -> assertThat(await(answer)).containsExactly(AppendResult.STORED));
            assertThat(await(store.load(writer.key())).entries()).hasSize(2);
        }
    }

    @Test
    void half_an_answer_is_no_part_of_the_next_one() {
        try (RedisServer server = RedisServer.start();
                RedisProxy proxy = new RedisProxy(server);
                RedisOperationStore store = open(proxy, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            append(store, writer.append("first"));
            for (int i = 0; i < 20; i++) {
                proxy.cutNextReply();
                assertThat(append(store, writer.append("text " + i, "more"))).containsExactly(AppendResult.STORED);
                proxy.cutNextReply();
                assertThat(await(store.load(writer.key())).end()).isEqualTo(writer.chain());
                proxy.cutNextReply();
                assertThat(await(store.read(writer.key(), 0, 99))).hasSize(3 + 2 * i);
                proxy.cutNextReply();
                assertThat(await(store.conversationsOf("tenant", "visitor", 9))).containsExactly("conversation");
            }
        }
    }

    @Test
    void a_channel_is_listened_to_though_the_answer_to_the_subscription_was_lost() {
        try (RedisServer server = RedisServer.start();
                RedisProxy proxy = new RedisProxy(server);
                RedisOperationStore here = open(proxy, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            String channel = text(RedisKeys.channel(keys(writer).partition()));
            proxy.swallowReplies(true);
            here.watch(writer.key(), revision -> {});
            until(() -> server.cli("PUBSUB", "SHARDNUMSUB", channel).contains("1"));
            proxy.cut();
            until(() -> server.cli("PUBSUB", "SHARDNUMSUB", channel).contains("0"));
            proxy.swallowReplies(false);
            proxy.cut();
            until(() -> server.cli("PUBSUB", "SHARDNUMSUB", channel).contains("1"));
        }
    }

    @Test
    void what_another_node_appended_is_a_conflict_and_the_log_goes_on_from_there() {
        try (RedisServer server = RedisServer.start();
                RedisOperationStore one = RedisStores.open(server, Durability.DISK);
                RedisOperationStore two = RedisStores.open(server, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            append(one, writer.append("1"));
            LogWriter late = writer.copy();
            append(two, writer.append("2"));
            assertThat(append(one, late.append("another 2"))).containsExactly(AppendResult.CONFLICT);
            assertThat(await(one.load(writer.key())).end()).isEqualTo(writer.chain());
            assertThat(append(one, writer.append("3"))).containsExactly(AppendResult.STORED);
            assertThat(await(two.read(writer.key(), 0, 9))).hasSize(3);
        }
    }

    @Test
    void while_it_is_asked_where_one_log_ends_another_is_appended_to() {
        try (RedisServer server = RedisServer.start();
                RedisProxy proxy = new RedisProxy(server);
                RedisOperationStore store = open(proxy, Durability.DISK)) {
            LogWriter known = LogWriter.of("tenant", "known");
            append(store, known.append("1"));
            proxy.swallowReplies(true);
            CompletionStage<?> asked =
                    store.append(List.of(LogWriter.of("tenant", "not known").append("1")));
            CompletionStage<?> sent = store.append(List.of(known.append("2")));
            until(() ->
                    "2".equals(text(raw(server, redis -> redis.hget(keys(known).head(), bytes("writes"))))));
            assertThat(asked.toCompletableFuture()).isNotDone();
            assertThat(failure(asked)).isInstanceOf(StoreFailedException.class);
            assertThat(failure(sent)).isInstanceOf(StoreFailedException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DISK", "REPLICA"})
    void who_lost_and_read_what_the_other_wrote_need_not_ask_where_the_log_ends(Durability level) {
        try (RedisServer server = RedisServer.start();
                RedisServer replica = server.replica();
                RedisOperationStore one = RedisStores.open(server, level);
                RedisOperationStore two = RedisStores.open(server, level)) {
            until(() -> replica.cli("INFO", "replication").contains("master_link_status:up"));
            LogWriter writer = LogWriter.of("tenant", "conversation");
            append(one, writer.append("1"));
            LogWriter late = writer.copy();
            Append grown = writer.append("2", "3");
            append(two, LogWriter.with(grown, writer.snapshot(0, 0)));
            assertThat(append(one, late.append("another 2"))).containsExactly(AppendResult.CONFLICT);
            assertThat(await(one.read(writer.key(), 1, 9))).hasSize(2);
            server.cli("CONFIG", "RESETSTAT");
            Append again = LogWriter.with(writer.append("4"), writer.snapshot(3, 0));
            assertThat(append(one, again)).containsExactly(AppendResult.STORED);
            int scripts = level == Durability.REPLICA ? 2 : 1;
            assertThat(server.cli("INFO", "commandstats")).contains("cmdstat_hmget:calls=" + scripts + ",");
        }
    }

    @Test
    void an_outbox_that_another_node_answered_is_a_conflict_though_the_log_did_not_grow() {
        try (RedisServer server = RedisServer.start();
                RedisOperationStore one = RedisStores.open(server, Durability.DISK);
                RedisOperationStore two = RedisStores.open(server, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            append(one, writer.append("1"));
            LogWriter late = writer.copy();
            append(two, writer.rejection(RejectCode.FORBIDDEN));
            assertThat(append(one, late.append("the same seq"))).containsExactly(AppendResult.CONFLICT);
            assertThat(await(one.load(writer.key())).outboxRows()).containsExactly(writer.row(RejectCode.FORBIDDEN));
        }
    }

    @Test
    void a_server_that_forgot_the_scripts_is_told_them_again() {
        try (RedisServer server = RedisServer.start();
                RedisOperationStore store = RedisStores.open(server, Durability.DISK)) {
            server.cli("SCRIPT", "FLUSH");
            LogWriter writer = LogWriter.of("tenant", "conversation");
            assertThat(append(store, writer.append("1"))).containsExactly(AppendResult.STORED);
            server.cli("SCRIPT", "FLUSH");
            assertThat(await(store.load(writer.key())).entries()).hasSize(1);
        }
    }

    @Test
    void while_redis_stands_still_nothing_is_acknowledged_and_afterwards_all_goes_on() {
        try (RedisServer server = RedisServer.start();
                RedisOperationStore store = RedisStores.open(server, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            append(store, writer.append("before"));
            server.pause();
            long start = System.nanoTime();
            LogWriter unknown = writer.copy();
            assertThat(failure(store.append(List.of(unknown.append("unknown")))))
                    .isInstanceOf(StoreFailedException.class);
            System.out.printf("unknown after %d ms%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            assertThat(store.isHealthy()).isFalse();
            for (int i = 0; i < 1_000; i++) {
                assertThat(failure(store.append(
                                List.of(LogWriter.of("tenant", "other " + i).append("x".repeat(100_000))))))
                        .isInstanceOf(StoreBusyException.class);
            }
            assertThat(failure(store.load(writer.key()))).isInstanceOf(StoreBusyException.class);
            assertThat(store.bytesInFlight()).isZero();
            server.resume();
            until(store::isHealthy);
            StoredConversation stored = await(store.load(writer.key()));
            assertThat(stored.end()).isIn(writer.chain(), unknown.chain());
            LogWriter next = LogWriter.after(writer.key(), stored);
            assertThat(append(store, next.append("after"))).containsExactly(AppendResult.STORED);
        }
    }

    @Test
    void nothing_that_was_acknowledged_is_lost_when_redis_is_killed() {
        try (RedisServer server = RedisServer.start();
                RedisOperationStore store = RedisStores.open(server, Durability.DISK)) {
            for (int round = 0; round < 3; round++) {
                AppendBurst burst = AppendBurst.of(store, "conversation " + round);
                server.kill();
                server.restart();
                burst.awaitAnswers();
                until(store::isHealthy);
                int entries = await(store.load(burst.writer().key())).entries().size();
                assertThat(burst.acknowledged()).allMatch(revision -> revision <= entries);
                System.out.printf(
                        "round %d: %d acknowledged, %d in the log%n",
                        round, burst.acknowledged().size(), entries);
            }
        }
    }

    @Test
    void at_replica_nothing_is_acknowledged_or_read_while_the_replica_stands_still() {
        try (RedisServer server = RedisServer.start();
                RedisServer replica = server.replica();
                RedisOperationStore store = RedisStores.open(server, Durability.REPLICA);
                RedisOperationStore reader = RedisStores.open(server, Durability.REPLICA)) {
            until(() -> server.cli("INFO", "replication").contains("state=online"));
            LogWriter writer = LogWriter.of("tenant", "conversation");
            assertThat(append(store, writer.append("1"))).containsExactly(AppendResult.STORED);
            assertThat(await(reader.read(writer.key(), 0, 9))).hasSize(1);
            replica.pause();
            LogWriter unknown = writer.copy();
            assertThat(failure(store.append(List.of(unknown.append("2"))))).isInstanceOf(StoreFailedException.class);
            assertThat(await(reader.read(writer.key(), 0, 9))).hasSize(1);
            assertThat(failure(reader.load(writer.key()))).isInstanceOf(StoreFailedException.class);
            replica.resume();
            until(() -> reader.load(writer.key())
                    .handle((stored, failure) -> failure == null)
                    .toCompletableFuture()
                    .get());
            assertThat(await(reader.load(writer.key())).end()).isEqualTo(unknown.chain());
            assertThat(await(reader.read(writer.key(), 0, 9))).hasSize(2);
            assertThat(append(store, unknown.append("3"))).containsExactly(AppendResult.STORED);
        }
    }

    @Test
    void at_replica_what_was_acknowledged_is_on_the_replica_when_the_primary_is_killed() {
        try (RedisServer server = RedisServer.start();
                RedisServer replica = server.replica()) {
            until(() -> server.cli("INFO", "replication").contains("state=online"));
            AppendBurst burst;
            try (RedisOperationStore store = RedisStores.open(server, Durability.REPLICA)) {
                burst = AppendBurst.of(store, "conversation");
                server.kill();
            }
            replica.cli("REPLICAOF", "NO", "ONE");
            try (RedisOperationStore store = RedisStores.open(replica, Durability.DISK)) {
                int entries = await(store.load(burst.writer().key())).entries().size();
                assertThat(burst.acknowledged()).allMatch(revision -> revision <= entries);
                System.out.printf(
                        "%d acknowledged, %d on the replica%n",
                        burst.acknowledged().size(), entries);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DISK, --appendfsync, everysec, appendfsync of Redis is everysec and must be always",
        "DISK, --appendonly, no, appendonly of Redis is no and must be yes",
        "PROCESS, --maxmemory-policy, allkeys-lru, maxmemory-policy of Redis is allkeys-lru and must be noeviction",
    })
    void a_server_that_cannot_hold_the_level_is_refused(Durability level, String setting, String value, String why) {
        try (RedisServer server = RedisServer.start(setting, value)) {
            assertThatThrownBy(() -> RedisStores.open(server, level))
                    .isInstanceOf(StoreOpenException.class)
                    .hasMessageContaining(why);
            server.cli("CONFIG", "SET", "maxmemory-policy", "noeviction");
            RedisStores.open(server, Durability.REPLICA).close();
        }
    }

    @Test
    void a_server_that_does_not_show_its_settings_is_taken() {
        try (RedisServer server = RedisServer.start("--appendonly", "no", "--rename-command", "CONFIG", "")) {
            RedisStores.open(server, Durability.DISK).close();
        }
    }

    @Test
    void a_watch_is_told_of_what_another_node_appends_and_not_of_its_own() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                RedisOperationStore here = RedisStores.open(server, Durability.DISK);
                RedisOperationStore there = RedisStores.open(server, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            append(there, writer.append("1"));
            BlockingQueue<Long> told = new LinkedBlockingQueue<>();
            var watch = here.watch(writer.key(), told::add);
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
            append(there, writer.append("2", "3"));
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(3);
            append(here, writer.append("4"));
            append(there, writer.append("5"));
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(5);
            append(there, writer.rejection(RejectCode.FORBIDDEN));
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(5);
            watch.close();
            until(() -> here.partitionsInUse() == 0);
            append(there, writer.append("6"));
            assertThat(here.watch(writer.key(), told::add)).isNotNull();
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(6);
        }
    }

    @Test
    void a_watch_is_told_though_all_announcements_are_lost() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                RedisProxy proxy = new RedisProxy(server);
                RedisOperationStore here = open(proxy, Durability.DISK);
                RedisOperationStore there = RedisStores.open(server, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            BlockingQueue<Long> told = new LinkedBlockingQueue<>();
            here.watch(writer.key(), told::add);
            assertThat(told.poll(60, TimeUnit.SECONDS)).isZero();
            append(there, writer.append("announced"));
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
            proxy.swallowAnnouncements(true);
            for (long revision = 2; revision < 6; revision++) {
                append(there, writer.append("not announced"));
                long start = System.nanoTime();
                assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(revision);
                System.out.printf("told after %d ms%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            }
            assertThat(proxy.swallowed()).isPositive();
            assertThat(here.missedAnnouncements()).isPositive();
        }
    }

    @Test
    void a_watch_is_told_though_the_look_at_what_was_missed_failed_once() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                RedisProxy proxy = new RedisProxy(server);
                RedisOperationStore here = open(proxy, Durability.DISK)) {
            server.cli("ACL", "SETUSER", "writer", "on", ">secret", "~*", "&*", "+@all");
            String uri = "redis://writer:secret@127.0.0.1:" + server.port();
            try (RedisOperationStore there =
                    RedisOperationStore.open(RedisOptions.of(uri, Durability.DISK), System::nanoTime, nanos -> {})) {
                LogWriter writer = LogWriter.of("tenant", "conversation");
                BlockingQueue<Long> told = new LinkedBlockingQueue<>();
                here.watch(writer.key(), told::add);
                assertThat(told.poll(60, TimeUnit.SECONDS)).isZero();
                proxy.swallowAnnouncements(true);
                append(there, writer.append("not announced"));
                assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
                server.cli("ACL", "SETUSER", "default", "-hmget");
                append(there, writer.append("not announced"));
                until(() -> server.cli("ACL", "LOG").contains("hmget"));
                server.cli("ACL", "SETUSER", "default", "+hmget");
                assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo(2);
            }
        }
    }

    @Test
    void a_watch_is_told_of_what_was_appended_while_its_node_was_cut_off() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                RedisProxy proxy = new RedisProxy(server);
                RedisOperationStore here = open(proxy, Durability.DISK);
                RedisOperationStore there = RedisStores.open(server, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            BlockingQueue<Long> told = new LinkedBlockingQueue<>();
            here.watch(writer.key(), told::add);
            assertThat(told.poll(60, TimeUnit.SECONDS)).isZero();
            proxy.swallowReplies(true);
            proxy.cut();
            append(there, writer.append("while away"));
            proxy.swallowReplies(false);
            proxy.cut();
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(1);
            append(there, writer.append("back again"));
            assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void nothing_of_an_erased_text_is_left_in_the_file_after_a_purge() throws IOException {
        try (RedisServer server = RedisServer.start();
                RedisOperationStore store = RedisStores.open(server, Durability.DISK)) {
            String secret = "a secret that nobody else says";
            LogWriter writer = LogWriter.of("tenant", "conversation");
            Append first = writer.append(secret, "last");
            append(store, first);
            assertThat(occurs(server.folder(), secret)).isTrue();
            append(
                    store,
                    LogWriter.with(
                            writer.append("redacted"),
                            writer.snapshot(0, 0),
                            LogWriter.erasure(first.entries().get(0))));
            await(store.purgeErased());
            assertThat(occurs(server.folder(), secret)).isFalse();
            assertThat(await(store.read(writer.key(), 0, 9))).hasSize(3);
        }
    }

    @ParameterizedTest
    @CsvSource({"chain, x", "entries, none", "entries, another", "summary, x"})
    void a_log_that_is_not_what_was_appended_is_quarantined(String what, String with) {
        try (RedisServer server = RedisServer.start();
                RedisOperationStore store = RedisStores.open(server, Durability.DISK)) {
            LogWriter writer = LogWriter.of("tenant", "conversation");
            LogWriter other = LogWriter.of("tenant", "other");
            append(store, writer.append("1", "2", "3"));
            append(store, other.append("1"));
            RedisKeys keys = keys(writer);
            if (!what.equals("entries")) {
                raw(server, redis -> redis.hset(keys.head(), bytes(what), bytes(with)));
            } else if (with.equals("none")) {
                raw(server, redis -> redis.hdel(keys.entries(), bytes("2")));
            } else {
                raw(server, redis -> redis.hset(keys.entries(), bytes("2"), bytes(with)));
            }
            assertThat(failure(store.load(writer.key()))).isInstanceOf(DamagedLogException.class);
            assertThat(append(store, writer.append("4"))).containsExactly(AppendResult.CONFLICT);
            assertThat(store.damagedConversations()).isEqualTo(1);
            assertThat(await(store.load(other.key())).entries()).hasSize(1);
        }
    }

    private static RedisKeys keys(LogWriter writer) {
        return RedisKeys.of(writer.key());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    private static <T> T raw(
            RedisServer server, Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        try (RedisConnections connections = RedisConnections.of(server.uri());
                RedisLink link = connections.connect()) {
            return await(command.apply(link.commands()));
        }
    }

    private static boolean occurs(Path folder, String text) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }
}
