package dev.parley.ot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.fixture.JsonReader;
import dev.parley.fixture.VectorFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares with what the tests of the browser client took from ot-text-unicode, a JavaScript library others rely on. */
class TextUnicodeVectorsTest {
    @Test
    void editsHaveTheResultsThatOtTextUnicodeGives() {
        VectorFile file = VectorFile.ofClient("text-unicode.jsonl");
        assumeTrue(file.exists(), "the tests of client-js have not run");
        List<String> lines = file.lines();
        List<String> cases = lines.subList(1, lines.size());
        assertThat(JsonReader.object(lines.get(0))).containsEntry("cases", cases.size());
        assertThat(cases).hasSizeGreaterThanOrEqualTo(200_000);

        for (String line : cases) {
            TextEditCases ours = new TextEditCases();
            ours.again(JsonReader.object(line));
            assertThat(ours.lines().get(0)).isEqualTo(line);
        }
        // At the end of the build client-js looks whether it was its last file that was read here.
        VectorFile.ofThisRun("text-unicode-replayed.jsonl").write(lines.subList(0, 1));
    }
}
