package dev.parley.gateway.store.redis;

import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.StoreFailedException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Makes durable on a replica what was written to a log, and lets readers go there, who are told. For any thread. */
final class Confirmation {
    private static final RedisScript CONFIRM = RedisScript.number("confirm.lua");

    private final RedisLink link;
    private final ReplicaBarrier barrier;
    private final byte[] node;

    Confirmation(RedisLink link, ReplicaBarrier barrier, byte[] node) {
        this.link = link;
        this.barrier = barrier;
        this.node = node;
    }

    static byte[] script() {
        return CONFIRM.text();
    }

    /** Of all that was written to the log up to there. Fails if that is not known, or if another server has taken over without it. */
    CompletionStage<Void> of(RedisKeys keys, Chain end, long writes) {
        byte[][] scriptKeys = {
            keys.head(), keys.entries(), RedisKeys.feed(keys.partition()), RedisKeys.channel(keys.partition())
        };
        List<byte[]> arguments = List.of(
                RedisKeys.position(end),
                RedisKeys.revision(end.revision()),
                RedisKeys.revision(writes),
                keys.ids(),
                node);
        return barrier.pass(keys.partition())
                .thenCompose(passed -> CONFIRM.<Long>run(link.commands(), scriptKeys, arguments))
                .thenAccept(confirmed -> {
                    if (confirmed != 1) {
                        throw new StoreFailedException(
                                "Redis lost what it had", new IOException("a failover went back behind " + end));
                    }
                });
    }
}
