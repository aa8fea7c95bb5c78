package dev.parley.conversation;

import static dev.parley.conversation.Effects.erase;
import static dev.parley.conversation.Effects.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.parley.conversation.Authorship.Run;
import dev.parley.fixture.RandomEdits;
import dev.parley.fixture.Seed;
import dev.parley.fixture.SeedResolver;
import dev.parley.ot.Component;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedResolver.class)
class AuthorshipTest {
    private static final Author ANN = new Author("ann", Role.AGENT, "Ann");
    private static final Author VIC = new Author("vic", Role.VISITOR, "");
    private static final Author BOT = new Author("bot", Role.ASSISTANT, "");

    @Test
    void beginsWithWhoCreatedTheBlock() {
        assertThat(Authorship.of(VIC, 3)).isEqualTo(new Authorship(List.of(VIC), List.of(new Run(3, 0))));
        assertThat(Authorship.of(VIC, 0)).isEqualTo(new Authorship(List.of(VIC), List.of()));
    }

    @Test
    void whoInsertsSplitsTheRunOfAnother() {
        assertThat(Authorship.of(VIC, 4).after(TextEdit.insert(1, "😀!"), ANN))
                .isEqualTo(new Authorship(List.of(VIC, ANN), List.of(new Run(1, 0), new Run(2, 1), new Run(3, 0))));
    }

    @Test
    void runsOfOneAuthorJoinWhenWhatWasBetweenThemIsGone() {
        Authorship split = Authorship.of(VIC, 4).after(TextEdit.insert(1, "ab"), ANN);

        assertThat(split.after(TextEdit.delete(1, 2), BOT))
                .isEqualTo(new Authorship(List.of(VIC, ANN, BOT), List.of(new Run(4, 0))));
    }

    @Test
    void anAuthorWhoOnlyDeletesIsKnownToo() {
        assertThat(Authorship.of(VIC, 2).after(TextEdit.delete(0, 2), ANN))
                .isEqualTo(new Authorship(List.of(VIC, ANN), List.of()));
    }

    @Test
    void aSeparatorIsByWhoMerged() {
        assertThat(Authorship.of(VIC, 2).joined(Authorship.of(BOT, 3), 1, ANN))
                .isEqualTo(
                        new Authorship(List.of(VIC, ANN, BOT), List.of(new Run(2, 0), new Run(1, 1), new Run(3, 2))));
    }

    @Test
    void aMergeWithoutASeparatorMakesNobodyAnAuthor() {
        assertThat(Authorship.of(VIC, 0).joined(Authorship.of(BOT, 3), 0, ANN))
                .isEqualTo(new Authorship(List.of(VIC, BOT), List.of(new Run(3, 1))));
    }

    @Test
    void aPublicStateTracksNone() {
        assertThat(Authorship.UNTRACKED.after(TextEdit.insert(0, "x"), ANN)).isEqualTo(Authorship.UNTRACKED);
        assertThat(Authorship.UNTRACKED.joined(Authorship.UNTRACKED, 1, ANN)).isEqualTo(Authorship.UNTRACKED);
    }

    @Test
    void whatWasErasedHasAuthorsAndNoRuns() {
        ConversationState state = new ConversationState(View.STAFF);
        state.apply(entry(1, VIC, message("b", "text"), erase("b")));

        assertThat(state.blocks())
                .allSatisfy(block -> assertThat(block.authorship()).isEqualTo(new Authorship(List.of(VIC), List.of())));
    }

    /** Each character is tagged with who typed it, in a model that knows nothing of runs. */
    @Test
    void namesTheAuthorOfEveryCharacter(Seed seed) {
        RandomEdits edits = new RandomEdits(seed.random());
        List<Author> authors = List.of(ANN, VIC, BOT, Author.GATEWAY);
        for (int play = 0; play < 500; play++) {
            ConversationState state = new ConversationState(View.STAFF);
            RandomEffects effects = new RandomEffects(edits, Map.of());
            Map<String, List<Author>> typed = new HashMap<>();
            for (int revision = 1; revision <= 20; revision++) {
                List<Effect> all = new ArrayList<>();
                if (effects.texts().size() < 2) {
                    all.add(effects.create("first." + revision));
                }
                all.addAll(effects.entry("e." + revision, 3));
                Author author = authors.get(edits.random().nextInt(authors.size()));
                state.apply(entry(revision, author, all.toArray(Effect[]::new)));
                all.forEach(effect -> type(typed, effect, author));
            }
            state.blocks().forEach(block -> assertTyped(block, typed.getOrDefault(block.id(), List.of())));
        }
    }

    private static void type(Map<String, List<Author>> typed, Effect effect, Author author) {
        List<Author> characters = new ArrayList<>(typed.getOrDefault(effect.target(), List.of()));
        if (effect instanceof Effect.Create create) {
            create.text().codePoints().forEach(character -> characters.add(author));
        } else if (effect instanceof Effect.EditText edit) {
            int at = 0;
            for (Component component : edit.edit().components()) {
                for (int i = 0; i < component.length(); i++) {
                    switch (component.kind()) {
                        case RETAIN -> at++;
                        case INSERT -> characters.add(at++, author);
                        case DELETE -> characters.remove(at);
                    }
                }
            }
        } else if (effect instanceof Effect.Erase) {
            characters.clear();
        } else if (effect instanceof Effect.Retarget retarget) {
            List<Author> into = new ArrayList<>(typed.getOrDefault(retarget.into(), List.of()));
            if (!into.isEmpty() && !characters.isEmpty()) {
                into.add(author);
            }
            into.addAll(characters);
            characters.clear();
            typed.put(retarget.into(), into);
        }
        typed.put(effect.target(), characters);
    }

    private static void assertTyped(Block block, List<Author> typed) {
        List<Author> named = new ArrayList<>();
        int before = -1;
        for (Run run : block.authorship().runs()) {
            if (run.author() == before || run.length() == 0) {
                fail("runs that could be fewer: %s", block.authorship());
            }
            before = run.author();
            for (int i = 0; i < run.length(); i++) {
                named.add(block.authorship().authors().get(run.author()));
            }
        }
        assertThat(named).as("authors of %s", block.id()).isEqualTo(typed);
        assertThat(block.authorship().authors()).doesNotHaveDuplicates();
    }

    private static Entry entry(long revision, Author author, Effect... effects) {
        return new Entry(revision, author, revision, SubmissionId.NONE, "", List.of(effects), 0);
    }
}
