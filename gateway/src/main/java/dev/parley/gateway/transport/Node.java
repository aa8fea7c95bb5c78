package dev.parley.gateway.transport;

import dev.parley.gateway.presence.Presence;
import dev.parley.gateway.session.Accounts;
import dev.parley.gateway.session.Limits;
import dev.parley.gateway.session.SessionRegistry;
import dev.parley.gateway.session.Tokens;
import dev.parley.gateway.shard.Inbox;
import dev.parley.gateway.shard.ShardGroup;
import dev.parley.gateway.store.OperationStore;
import java.time.InstantSource;

/** What every connection of this gateway needs. */
public record Node(
        Tokens tokens,
        Limits limits,
        ShardGroup shards,
        Inbox inbox,
        Presence presence,
        OperationStore store,
        SessionRegistry<Connection> sessions,
        GainedConversations gained,
        InstantSource clock,
        ConnectionCounters counters,
        Drain drain,
        Accounts accounts) {}
