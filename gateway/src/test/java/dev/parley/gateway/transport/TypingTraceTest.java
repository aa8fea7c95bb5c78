package dev.parley.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Author;
import dev.parley.conversation.Effect;
import dev.parley.conversation.Entry;
import dev.parley.conversation.Role;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.gateway.shard.PublishedFixture;
import dev.parley.gateway.store.Chain;
import dev.parley.gateway.store.LoggedEntry;
import dev.parley.ot.TextEdit;
import dev.parley.wire.EntryCodec;
import dev.parley.wire.KeystrokesCodec;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.ServerFrames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What it costs on the wire that people type: two of them, in one text, as it was recorded. */
class TypingTraceTest {
    private static final int BATCH = 50;
    private static final double BYTES_MAX = 20;
    private static final int LENGTH_BEFORE = 9_412;
    private static final long START_MILLIS = 1_767_225_600_123L;
    private static final List<Author> AUTHORS = List.of(
            new Author("5e0c7c3a-6f0e-4b43-9a8e-0d6c1c2f4a11", Role.AGENT, "Ann"),
            new Author("b8f1a9d2-2f4b-4f63-8c57-93e1d7a0c5be", Role.AGENT, "Bob"));
    private static final List<String> OUTBOXES = List.of("q8Zr1mX0T5uYw2bKdE7fGh", "Lc3VnP6sJ9aQeR4tUyI1oA");

    @Test
    void a_keystroke_takes_at_most_20_bytes_in_a_frame_of_fifty() throws Exception {
        List<LoggedEntry> log = log();
        long together = 0;
        long whole = 0;
        long alone = 0;
        for (int from = 0; from < log.size(); from += BATCH) {
            List<LoggedEntry> batch = log.subList(from, Math.min(from + BATCH, log.size()));
            byte[] frame = frame(from, batch);
            Entries entries = ServerFrames.parseFrom(frame).getFrames(0).getEntries();
            assertThat(KeystrokesCodec.unpacked(entries).getEntriesList())
                    .isEqualTo(batch.stream()
                            .map(each -> EntryCodec.toWire(each.entry()))
                            .toList());
            together += frame.length;
            whole += KeystrokesCodec.unpacked(entries).getSerializedSize();
        }
        for (int i = 0; i < log.size(); i++) {
            alone += frame(i, log.subList(i, i + 1)).length;
        }
        System.out.printf(
                "%,d keystrokes: %.1f bytes each in frames of %d, %.1f if all were whole, %.1f in a frame alone%n",
                log.size(),
                (double) together / log.size(),
                BATCH,
                (double) whole / log.size(),
                (double) alone / log.size());
        assertThat((double) together / log.size()).isLessThanOrEqualTo(BYTES_MAX);
    }

    private static byte[] frame(int from, List<LoggedEntry> batch) {
        return FrameEncoder.encode(PublishedFixture.published(7, View.STAFF, from, batch));
    }

    private static List<LoggedEntry> log() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        List<LoggedEntry> log = new ArrayList<>();
        Chain at = Chain.START;
        int length = LENGTH_BEFORE;
        long[] seqs = {2_000, 300};
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(TypingTraceTest.class.getResourceAsStream("typing-trace.tsv")),
                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("#")) {
                    continue;
                }
                String[] fields = line.split("\t", -1);
                int who = Integer.parseInt(fields[0]);
                TextEdit edit = TextEdit.replace(
                        Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), fields[4].replace("\\n", "\n"));
                Entry entry = new Entry(
                        at.revision() + 1,
                        AUTHORS.get(who),
                        START_MILLIS + Long.parseLong(fields[1]),
                        new SubmissionId(OUTBOXES.get(who), ++seqs[who], random.nextLong()),
                        "",
                        List.of(new Effect.EditText(OUTBOXES.get(0) + ".1", length, edit, View.STAFF)),
                        0);
                length += edit.growth();
                log.add(LoggedEntry.after(at, entry, EntryCodec.encode(entry)));
                at = log.get(log.size() - 1).chain();
            }
        }
        return log;
    }
}
