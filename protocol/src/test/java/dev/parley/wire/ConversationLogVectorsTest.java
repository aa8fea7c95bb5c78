package dev.parley.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.CanonicalText;
import dev.parley.conversation.ConversationState;
import dev.parley.conversation.Entry;
import dev.parley.conversation.RandomLog;
import dev.parley.conversation.View;
import dev.parley.fixture.Json;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.fixture.VectorFile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Makes logs anew in each run, with what the state is after every entry: a JavaScript replica is fed the same. */
@ExtendWith(SeedResolver.class)
class ConversationLogVectorsTest {
    private static final int LOGS = 10_000;
    private static final int ENTRIES = 12;

    @Test
    void eachRunMakesNewRandomLogs(Seed seed) throws NoSuchAlgorithmException {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("op", "about");
        about.put("seed", Long.toString(seed.value()));
        about.put("cases", LOGS);
        List<String> lines = new ArrayList<>(List.of(Json.of(about)));
        for (int i = 0; i < LOGS; i++) {
            View view = i % 2 == 0 ? View.STAFF : View.PUBLIC;
            lines.add(line(view, RandomLog.of(ENTRIES, seed.random(i))));
        }

        VectorFile.ofThisRun("conversation-log.jsonl").write(lines);
        assertThat(lines).hasSize(LOGS + 1).noneMatch(line -> line.contains("\n"));
    }

    private static String line(View view, List<Entry> log) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ConversationState state = new ConversationState(view);
        List<Object> entries = new ArrayList<>();
        List<Object> states = new ArrayList<>();
        for (Entry entry : log) {
            Entry seen = entry.seenBy(view);
            if (!seen.effects().isEmpty()) {
                state.apply(seen);
                entries.add(HexFormat.of().formatHex(EntryCodec.encode(seen)));
                byte[] hash = digest.digest(CanonicalText.of(state).getBytes(StandardCharsets.UTF_8));
                states.add(HexFormat.of().formatHex(hash, 0, 8));
            }
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("view", view.name());
        line.put("entries", entries);
        line.put("states", states);
        return Json.of(line);
    }
}
