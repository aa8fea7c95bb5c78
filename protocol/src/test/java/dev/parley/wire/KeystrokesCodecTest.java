package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.conversation.Effect.EditText;
import dev.parley.conversation.Entry;
import dev.parley.conversation.SubmissionId;
import dev.parley.conversation.View;
import dev.parley.fixture.Json;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.fixture.VectorFile;
import dev.parley.ot.TextEdit;
import dev.parley.wire.v1.Effect;
import dev.parley.wire.v1.Entries;
import dev.parley.wire.v1.Keystrokes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedResolver.class)
class KeystrokesCodecTest {
    private static final int CASES = 2_000;
    private static final int VECTORS = 30;
    private static final int VECTORS_SEED = 11;

    @Test
    void whatever_was_written_arrives_as_it_was_in_both_views(Seed seed)
            throws InvalidProtocolBufferException, WireException {
        SplittableRandom random = seed.random();
        int whole = 0;
        int all = 0;
        for (int i = 0; i < CASES; i++) {
            List<Entry> log = new Typists(random).log(random.nextInt(60));
            for (View view : List.of(View.PUBLIC, View.STAFF)) {
                List<Entry> seen = seenBy(view, log);
                Entries frame = Entries.parseFrom(packed(seen).toByteArray());
                assertThat(KeystrokesCodec.unpacked(frame).getEntriesList())
                        .isEqualTo(seen.stream().map(EntryCodec::toWire).toList());
                whole += frame.getEntriesCount();
                all += seen.size();
            }
        }
        assertThat(whole).isLessThan(all * 3 / 4);
    }

    @Test
    void what_one_person_types_is_one_entry_and_keystrokes() {
        Entry first = new Typists(new SplittableRandom(1)).log(1).get(0);
        Entries frame = packed(List.of(typed(first, 5, 1, 'a'), typed(first, 6, 2, 'b'), typed(first, 9, 3, 'c')));

        assertThat(frame.getEntriesCount()).isEqualTo(1);
        assertThat(frame.getKeystrokes().getText()).isEqualTo("bc");
        assertThat(frame.getKeystrokes().getSkipsList()).containsExactly(0, 2);
    }

    @Test
    void keystrokes_that_do_not_add_up_are_refused() {
        Entry first = new Typists(new SplittableRandom(1)).log(1).get(0);
        Entries good = packed(List.of(typed(first, 5, 1, 'a'), typed(first, 6, 2, 'b')));

        refused(good.toBuilder().clearEntries());
        refused(with(good, good.getKeystrokes().toBuilder().addLikes(1)));
        refused(with(good, good.getKeystrokes().toBuilder().addLikes(-1)));
        refused(with(good, good.getKeystrokes().toBuilder().setText("")));
        refused(with(good, good.getKeystrokes().toBuilder().setChanges(0, 0)));
        refused(with(good, good.getKeystrokes().toBuilder().addChanges(1)));
        refused(with(good, good.getKeystrokes().toBuilder().setContentIds(ByteString.copyFrom(new byte[9]))));
        refused(good.toBuilder()
                .setEntries(0, good.getEntries(0).toBuilder().clearEffects().addEffects(Effect.getDefaultInstance())));
        refused(good.toBuilder().setEntries(0, good.getEntries(0).toBuilder().clearEffects()));
    }

    @Test
    void the_committed_frames_are_what_this_code_gives() throws WireException {
        List<String> lines = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(VECTORS_SEED);
        for (int i = 0; i < VECTORS; i++) {
            View view = i % 5 == 0 ? View.PUBLIC : View.STAFF;
            Entries frame = packed(seenBy(view, new Typists(random).log(i)));
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("frame", hex(frame.toByteArray()));
            line.put(
                    "entries",
                    KeystrokesCodec.unpacked(frame).getEntriesList().stream()
                            .map(entry -> hex(entry.toByteArray()))
                            .toList());
            lines.add(Json.of(line));
        }
        VectorFile.committed("keystrokes.json").holds(lines);
    }

    private static Entry typed(Entry like, long revision, long seq, char letter) {
        return new Entry(
                revision,
                like.author(),
                like.timeMillis(),
                new SubmissionId("box", seq, seq * 7),
                "",
                List.of(new EditText("box.1", 40, TextEdit.insert(3, String.valueOf(letter)), View.STAFF)),
                0);
    }

    private static void refused(Entries.Builder frame) {
        assertThatThrownBy(() -> KeystrokesCodec.unpacked(frame.build())).isInstanceOf(WireException.class);
    }

    private static Entries.Builder with(Entries frame, Keystrokes.Builder keystrokes) {
        return frame.toBuilder().setKeystrokes(keystrokes);
    }

    private static List<Entry> seenBy(View view, List<Entry> log) {
        return log.stream()
                .map(entry -> entry.seenBy(view))
                .filter(entry -> !entry.effects().isEmpty())
                .toList();
    }

    private static Entries packed(List<Entry> seen) {
        KeystrokesCodec.Packed packed = KeystrokesCodec.pack(seen);
        Entries.Builder frame = Entries.newBuilder();
        packed.whole().forEach(index -> frame.addEntries(EntryCodec.toWire(seen.get(index))));
        if (packed.whole().size() < seen.size()) {
            frame.setKeystrokes(packed.keystrokes());
        }
        return frame.build();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
