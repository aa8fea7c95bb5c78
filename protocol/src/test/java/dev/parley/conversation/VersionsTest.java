package dev.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conversation.Versions.Merges;
import dev.parley.conversation.Versions.Version;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.ot.Component;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedResolver.class)
class VersionsTest {
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author BOB = new Author("bob", Role.AGENT, "Bob");
    private static final Author BOT = new Author("bot", Role.ASSISTANT, "Bot");

    private final List<Entry> log = new ArrayList<>();

    @Test
    void anEditedMessageHasItsFirstTextAsAVersion() {
        create(0, ANN, "m", "helo");
        edit(1_000, ANN, "m", 4, TextEdit.insert(3, "l"));

        List<Version> versions = versions("m");

        assertThat(versions).extracting(version -> version.text().toString()).containsExactly("helo", "hello");
        assertThat(versions.get(1).edit()).isEqualTo(TextEdit.insert(3, "l"));
    }

    @Test
    void anAuthorWhoGoesOnWithinHalfAMinuteMakesOneVersion() {
        create(0, ANN, "d", "");
        edit(1_000, ANN, "d", 0, TextEdit.insert(0, "a"));
        edit(30_000, ANN, "d", 1, TextEdit.insert(1, "b"));
        edit(30_001, ANN, "d", 2, TextEdit.insert(2, "c"));
        edit(30_002, BOB, "d", 3, TextEdit.insert(3, "d"));
        edit(30_003, ANN, "d", 4, TextEdit.insert(4, "e"));

        List<Version> versions = versions("d");

        assertThat(versions)
                .extracting(version -> version.text().toString())
                .containsExactly("ab", "abc", "abcd", "abcde");
        assertThat(versions.get(0).firstRevision()).isEqualTo(1);
        assertThat(versions.get(0).revision()).isEqualTo(3);
        assertThat(versions.get(0).edit()).isEqualTo(TextEdit.insert(0, "ab"));
    }

    @Test
    void authorshipIsByRange() {
        create(0, ANN, "d", "ace");
        edit(
                1,
                BOB,
                "d",
                3,
                TextEdit.builder()
                        .retain(1)
                        .insert(Text.of("b"))
                        .retain(1)
                        .insert(Text.of("d"))
                        .build());

        Version version = versions("d").get(1);

        assertThat(version.authorship().authors()).containsExactly(ANN, BOB);
        assertThat(version.authorship().runs()).containsExactly(run(1, 0), run(1, 1), run(1, 0), run(1, 1), run(1, 0));
    }

    @Test
    void aMergeBringsTheTextAndItsAuthorsWithIt() {
        create(0, ANN, "a", "one");
        create(1, BOB, "b", "to");
        edit(2, BOB, "b", 2, TextEdit.insert(1, "w"));
        add(3, ANN, "MergeBlocks", Origin.HUMAN, new Effect.Retarget("b", "a", 3, 4, 3, View.PUBLIC));
        edit(4, ANN, "a", 7, TextEdit.insert(7, "!"));

        List<Version> versions = versions("a");

        assertThat(versions)
                .extracting(version -> version.text().toString())
                .containsExactly("one", "one\ntwo", "one\ntwo!");
        assertThat(versions.get(1).command()).isEqualTo("MergeBlocks");
        assertThat(versions.get(1).edit()).isEqualTo(TextEdit.insert(3, "\ntwo"));
        assertThat(versions.get(1).authorship().runs()).containsExactly(run(4, 0), run(3, 1));
        assertThat(versions("b"))
                .extracting(version -> version.text().toString())
                .containsExactly("to", "two", "");
    }

    @Test
    void aBlockMergedOverAnotherArrivesWhole() {
        create(0, ANN, "a", "1");
        create(1, ANN, "b", "2");
        create(2, ANN, "c", "3");
        add(3, ANN, "MergeBlocks", Origin.HUMAN, new Effect.Retarget("c", "b", 1, 2, 1, View.PUBLIC));
        add(4, ANN, "MergeBlocks", Origin.HUMAN, new Effect.Retarget("b", "a", 1, 2, 3, View.PUBLIC));

        assertThat(versions("a"))
                .last()
                .extracting(version -> version.text().toString())
                .isEqualTo("1\n2\n3");
    }

    @Test
    void aRunOfAnAssistantIsToldApartFromTheHumanWhoWritesBetween() {
        create(0, BOT, "d", "");
        Origin run = new Origin(Source.AI, "ann", "r1", "some-model");
        add(1, BOT, "AppendText", run, new Effect.EditText("d", 0, TextEdit.insert(0, "Hi"), View.STAFF));
        add(2, BOT, "AppendText", run, new Effect.EditText("d", 2, TextEdit.insert(2, " you"), View.STAFF));
        edit(3, ANN, "d", 6, TextEdit.insert(6, "!"));
        add(4, ANN, "PublishDraft", Origin.HUMAN, new Effect.Reveal("d", "Hi you!", Attributes.NONE, View.PUBLIC));

        List<Version> versions = versions("d");

        assertThat(versions).extracting(Version::command).containsExactly("", "AppendText", "", "PublishDraft");
        assertThat(versions.get(1).text()).isEqualTo(Text.of("Hi you"));
        assertThat(versions.get(1).origin()).isEqualTo(run);
        assertThat(versions.get(3).edit().isIdentity()).isTrue();
    }

    @Test
    void anErasedTextIsInNoVersionNotEvenAnOldOne() {
        create(0, ANN, "a", "secret");
        edit(1, BOB, "a", 6, TextEdit.insert(6, "!"));
        add(2, BOB, "Redact", Origin.HUMAN, new Effect.Erase("a", View.PUBLIC));

        List<Version> versions = versions("a");

        assertThat(versions).extracting(Version::author).containsExactly(ANN, BOB, BOB);
        assertThat(versions).allSatisfy(version -> {
            assertThat(version.text().isEmpty()).isTrue();
            assertThat(version.edit().isIdentity()).isTrue();
        });
    }

    @Test
    void aTextThatWasMergedAwayAndErasedThereIsInNoVersion() {
        create(0, ANN, "a", "one");
        create(1, ANN, "b", "secret");
        add(2, ANN, "MergeBlocks", Origin.HUMAN, new Effect.Retarget("b", "a", 3, 4, 6, View.PUBLIC));
        add(3, ANN, "Redact", Origin.HUMAN, new Effect.Erase("a", View.PUBLIC));

        assertThat(versions("b"))
                .allSatisfy(version -> assertThat(version.text().isEmpty()).isTrue());
    }

    @Test
    void whatTheLogNoLongerHoldsIsNoReasonToFail() {
        edit(0, ANN, "a", 6, TextEdit.insert(6, "!"));
        create(1, ANN, "b", "there");

        assertThat(versions("a")).isEmpty();
        assertThat(versions("b")).hasSize(1);
    }

    @Test
    void pagesAreTheWhole(Seed seed) {
        SplittableRandom random = seed.random();
        create(0, ANN, "d", "");
        ConversationState state = new ConversationState(View.STAFF);
        state.apply(log.get(0));
        long time = 0;
        for (int i = 0; i < 300; i++) {
            int length = block(state).text().length();
            int at = random.nextInt(length + 1);
            TextEdit edit = TextEdit.builder()
                    .retain(at)
                    .insert(Text.of(random.nextBoolean() ? "x" : "字"))
                    .delete(random.nextInt(Math.min(2, length - at) + 1))
                    .build();
            time += random.nextInt(20_000);
            edit(time, random.nextBoolean() ? ANN : BOB, "d", length, edit);
            state.apply(log.get(log.size() - 1));
        }
        List<Version> all = versions("d");
        List<Version> paged = new ArrayList<>();
        long after = 0;
        List<Version> page;
        do {
            page = versions("d", after, 7);
            paged.addAll(page);
            after = page.isEmpty() ? after : page.get(page.size() - 1).revision();
        } while (!page.isEmpty());

        assertThat(paged).isEqualTo(all);
        Block block = block(state);
        assertThat(all.get(all.size() - 1).text()).isEqualTo(block.text());
        assertThat(all.get(all.size() - 1).authorship().runs())
                .isEqualTo(block.authorship().runs());
        Text text = Text.EMPTY;
        for (Version version : all) {
            text = version.edit().apply(text);
            assertThat(text).isEqualTo(version.text());
            assertThat(version.authorship().runs().stream()
                            .mapToInt(Authorship.Run::length)
                            .sum())
                    .isEqualTo(text.length());
        }
        assertThat(all.stream()
                        .flatMap(version -> version.edit().components().stream())
                        .map(Component::kind))
                .contains(Component.Kind.DELETE);
    }

    private static Block block(ConversationState state) {
        Block block = state.block("d");
        if (block == null) {
            throw new AssertionError("no block");
        }
        return block;
    }

    private List<Version> versions(String block) {
        return versions(block, 0, 1_000);
    }

    private List<Version> versions(String block, long after, int limit) {
        Merges merges = new Merges();
        log.forEach(merges::add);
        Versions versions = new Versions(block, merges, after, limit);
        log.forEach(versions::add);
        return versions.all();
    }

    private static Authorship.Run run(int length, int author) {
        return new Authorship.Run(length, author);
    }

    private void create(long time, Author author, String block, String text) {
        add(
                time,
                author,
                "",
                Origin.HUMAN,
                new Effect.Create(block, BlockKind.MESSAGE, View.PUBLIC, text, Attributes.NONE));
    }

    private void edit(long time, Author author, String block, int baseLength, TextEdit edit) {
        add(time, author, "", Origin.HUMAN, new Effect.EditText(block, baseLength, edit, View.PUBLIC));
    }

    private void add(long time, Author author, String command, Origin origin, Effect effect) {
        log.add(new Entry(log.size() + 1, author, time, SubmissionId.NONE, command, List.of(effect), 0, origin));
    }
}
