package dev.parley.gateway.store;

import dev.parley.conversation.Attributes;
import dev.parley.conversation.Author;
import dev.parley.conversation.BlockKind;
import dev.parley.conversation.ConversationSummary;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Position;
import dev.parley.conversation.RejectCode;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.wire.EntryCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the appends of one conversation as its shard would, each on top of the one before whether or not that was stored.
 * Its submissions come from one outbox with the sequence numbers 1, 2, 3, …
 */
public final class LogWriter {
    private static final String SUBJECT = "subject";
    private static final String OUTBOX = "outbox";

    private final ConversationKey key;
    private final String visitor;
    private Chain chain;
    private long seq;
    private long timeMillis;

    private LogWriter(ConversationKey key, String visitor, Chain chain, long seq, long timeMillis) {
        this.key = key;
        this.visitor = visitor;
        this.chain = chain;
        this.seq = seq;
        this.timeMillis = timeMillis;
    }

    public static LogWriter of(String tenant, String conversation) {
        return of(new ConversationKey(tenant, conversation), "visitor");
    }

    public static LogWriter of(ConversationKey key, String visitor) {
        return new LogWriter(key, visitor, Chain.START, 0, 1_000);
    }

    /** Goes on where a stored conversation ends. */
    public static LogWriter after(ConversationKey key, StoredConversation stored) {
        List<LoggedEntry> entries = stored.entries();
        if (entries.isEmpty()) {
            return of(key, "visitor");
        }
        LoggedEntry last = entries.get(entries.size() - 1);
        long seq =
                stored.outboxRows().stream().mapToLong(OutboxRow::lastSeq).max().orElse(0);
        return new LogWriter(key, "visitor", last.chain(), seq, last.entry().timeMillis());
    }

    public ConversationKey key() {
        return key;
    }

    public Position position() {
        return chain.position();
    }

    /** Goes back (or ahead) to where {@code other} is. */
    public LogWriter copy() {
        return new LogWriter(key, visitor, chain, seq, timeMillis);
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
        return new Append(key, expected, entries, List.of(row(null)), List.of(), summary(texts[texts.length - 1]));
    }

    /** A rejected submission: a row and nothing else. */
    public Append rejection(RejectCode code) {
        seq++;
        return new Append(key, chain.position(), List.of(), List.of(row(code)), List.of(), null);
    }

    public LoggedEntry next(String text) {
        seq++;
        timeMillis++;
        Entry entry = new Entry(
                chain.revision() + 1,
                new Author(SUBJECT, Role.VISITOR, "Ann"),
                timeMillis,
                new SubmissionId(OUTBOX, seq, seq * 31),
                "",
                List.of(new Effect.Create(OUTBOX + "." + seq, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE)),
                0);
        LoggedEntry logged = LoggedEntry.after(chain, entry, EntryCodec.encode(entry));
        chain = logged.chain();
        return logged;
    }

    public OutboxRow row(@Nullable RejectCode rejected) {
        return new OutboxRow(
                SUBJECT, OUTBOX, seq, seq * 31, timeMillis, rejected == null ? chain.revision() : 0, rejected);
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
