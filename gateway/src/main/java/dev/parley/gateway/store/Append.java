package dev.parley.gateway.store;

import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one conversation adds: entries that follow {@code expected}, and the outbox rows answered meanwhile (a rejection
 * has a row and no entry, an acceptance both, unless its outbox was answered again). All of it or nothing. {@code
 * expiredRows} are forgotten, but for those answered again. {@code summary} is what the inbox shows from now on, null when
 * it did not change; with the first entry it also files the conversation under its visitor. {@code snapshot} is of where
 * the log ends with this, or null. {@code erasures} replace contents up to there, and need a snapshot, which holds what
 * they removed no more than they do.
 */
public record Append(
        ConversationKey key,
        Position expected,
        List<LoggedEntry> entries,
        List<OutboxRow> outboxRows,
        List<OutboxRow> expiredRows,
        @Nullable ConversationSummary summary,
        @Nullable SnapshotPart snapshot,
        List<Erasure> erasures) {}
