package dev.parley.gateway.store;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Role;
import dev.parley.conversation.StateHashes;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.wire.EntryCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the appends of one conversation as its shard would, each on top of the one before whether or not that was stored.
 * Its submissions come from one outbox with the sequence numbers 1, 2, 3, …
 */
public final class LogWriter {
    private static final String SUBJECT = "subject";
    private static final String OUTBOX = "outbox";
    private static final Author AUTHOR = new Author(SUBJECT, Role.VISITOR, "Ann");

    private static final StateHashes HASHES = new StateHashes(OptionalLong.of(1), OptionalLong.of(2));

    private final ConversationKey key;
    private final String visitor;
    private Chain chain;
    private long seq;
    private long timeMillis;
    private @Nullable OutboxRow lastAccepted;

    private LogWriter(
            ConversationKey key,
            String visitor,
            Chain chain,
            long seq,
            long timeMillis,
            @Nullable OutboxRow lastAccepted) {
        this.key = key;
        this.visitor = visitor;
        this.chain = chain;
        this.seq = seq;
        this.timeMillis = timeMillis;
        this.lastAccepted = lastAccepted;
    }

    public static LogWriter of(String tenant, String conversation) {
        return of(new ConversationKey(tenant, conversation), "visitor");
    }

    public static LogWriter of(ConversationKey key, String visitor) {
        return new LogWriter(key, visitor, Chain.START, 0, 1_000, null);
    }

    /** Goes on where a stored conversation ends. */
    public static LogWriter after(ConversationKey key, StoredConversation stored) {
        if (stored.end().revision() == 0) {
            return of(key, "visitor");
        }
        long seq =
                stored.outboxRows().stream().mapToLong(OutboxRow::lastSeq).max().orElse(0);
        long timeMillis = stored.entries().stream()
                .mapToLong(logged -> logged.entry().timeMillis())
                .max()
                .orElse(1_000);
        OutboxRow lastAccepted = stored.outboxRows().stream()
                .filter(row -> isOwn(row) && row.rejected() == null)
                .findAny()
                .orElse(null);
        return new LogWriter(key, "visitor", stored.end(), seq, timeMillis, lastAccepted);
    }

    public ConversationKey key() {
        return key;
    }

    public Position position() {
        return chain.position();
    }

    /** Goes back (or ahead) to where {@code other} is. */
    public LogWriter copy() {
        return new LogWriter(key, visitor, chain, seq, timeMillis, lastAccepted);
    }

    /** The clock of the next entries. */
    public LogWriter at(long nextTimeMillis) {
        timeMillis = nextTimeMillis;
        return this;
    }

    /** One entry for each text, the outbox row after the last, and the summary. */
    public Append append(String... texts) {
        Position expected = chain.position();
        List<LoggedEntry> entries = new ArrayList<>(texts.length);
        for (String text : texts) {
            entries.add(next(text));
        }
        return new Append(
                key,
                expected,
                entries,
                List.of(row(null)),
                List.of(),
                summary(texts[texts.length - 1]),
                null,
                List.of());
    }

    /** A rejected submission: a row and nothing else. */
    public Append rejection(RejectCode code) {
        seq++;
        lastAccepted = null;
        return new Append(key, chain.position(), List.of(), List.of(row(code)), List.of(), null, null, List.of());
    }

    public LoggedEntry next(String text) {
        seq++;
        timeMillis++;
        Entry entry = new Entry(
                chain.revision() + 1,
                AUTHOR,
                timeMillis,
                new SubmissionId(OUTBOX, seq, seq * 31),
                "",
                List.of(new Effect.Create(OUTBOX + "." + seq, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE)),
                0);
        LoggedEntry logged =
                LoggedEntry.after(chain, entry, EntryCodec.encode(entry)).withHashes(HASHES);
        chain = logged.chain();
        lastAccepted = OutboxRow.accepted(entry);
        return logged;
    }

    public OutboxRow row(@Nullable RejectCode rejected) {
        return new OutboxRow(
                SUBJECT, OUTBOX, seq, seq * 31, timeMillis, rejected == null ? chain.revision() : 0, rejected);
    }

    public static boolean isOwn(OutboxRow row) {
        return row.subject().equals(SUBJECT) && row.outbox().equals(OUTBOX);
    }

    public Chain chain() {
        return chain;
    }

    /** A block whose text is {@code text}, last changed at {@code changedAt}. */
    public static SnapshotBlock block(String id, String text, long changedAt) {
        ConversationState state = new ConversationState(View.STAFF);
        Effect create = new Effect.Create(id, BlockKind.NOTE, View.STAFF, text, attributes("tag/" + changedAt, "x"));
        state.apply(new Entry(changedAt, AUTHOR, changedAt * 1_000, SubmissionId.NONE, "", List.of(create), 0));
        return new SnapshotBlock(Objects.requireNonNull(state.block(id)), changedAt);
    }

    /** What a snapshot here adds to the one at {@code since}; {@code blocks} is how many it has in all. */
    public SnapshotPart snapshot(long since, int blocks, SnapshotBlock... changed) {
        return new SnapshotPart(
                since,
                chain,
                timeMillis,
                attributes("title", "at " + chain.revision()),
                List.of(changed),
                blocks,
                lastAccepted == null || lastAccepted.acceptedRevision() <= since ? List.of() : List.of(lastAccepted));
    }

    /** The same append, with a snapshot. */
    public static Append with(Append append, @Nullable SnapshotPart snapshot, Erasure... erasures) {
        return new Append(
                append.key(),
                append.expected(),
                append.entries(),
                append.outboxRows(),
                append.expiredRows(),
                append.summary(),
                snapshot,
                List.of(erasures));
    }

    /** No entry, only a snapshot of where the log ends. */
    public Append snapshotAlone(long since, int blocks, SnapshotBlock... changed) {
        return new Append(
                key, position(), List.of(), List.of(), List.of(), null, snapshot(since, blocks, changed), List.of());
    }

    /** What takes the place of an entry: the same without its effects. */
    public static Erasure erasure(LoggedEntry entry) {
        return new Erasure(entry.revision(), EntryCodec.encode(entry.entry().withEffects(List.of())));
    }

    private static SortedMap<String, String> attributes(String attribute, String value) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(attribute, value)));
    }

    public ConversationSummary summary(String lastText) {
        return new ConversationSummary(
                key.conversation(),
                ConversationSummary.CHAT,
                visitor,
                "Ann",
                "open",
                "",
                "",
                List.of(),
                lastText,
                Role.VISITOR,
                timeMillis,
                chain.revision());
    }
}
