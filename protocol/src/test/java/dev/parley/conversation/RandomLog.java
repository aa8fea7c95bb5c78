package dev.parley.conversation;

import dev.parley.fixture.RandomEdits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A log of every kind of effect, by authors of several roles and by runs of the assistant. */
public final class RandomLog {
    private static final Author BOT = new Author("bot", Role.ASSISTANT, "");
    private static final List<Author> AUTHORS = List.of(
            new Author("ann", Role.AGENT, "Ann"),
            new Author("vic", Role.VISITOR, "访客 \"V\""),
            BOT,
            new Author("ada", Role.ADMIN, "Ada"),
            Author.GATEWAY);

    private final RandomGenerator random;
    private final RandomEffects effects;

    private RandomLog(RandomGenerator random) {
        this.random = random;
        effects = new RandomEffects(new RandomEdits(random), Map.of());
    }

    public static List<Entry> of(int length, RandomGenerator random) {
        RandomLog log = new RandomLog(random);
        List<Entry> entries = new ArrayList<>();
        for (int revision = 1; revision <= length; revision++) {
            entries.add(log.entry(revision));
        }
        return entries;
    }

    private Entry entry(long revision) {
        List<Effect> all = new ArrayList<>();
        if (effects.texts().size() < 2) {
            all.add(effects.create(revision + ".first"));
        }
        all.addAll(effects.entry(Long.toString(revision), 3));
        boolean run = random.nextInt(4) == 0;
        Author author = run ? BOT : AUTHORS.get(random.nextInt(AUTHORS.size()));
        return new Entry(
                revision,
                author,
                1_767_225_600_000L + revision,
                author.equals(Author.GATEWAY)
                        ? SubmissionId.NONE
                        : new SubmissionId(author.subject() + "-box", revision, random.nextLong()),
                "",
                List.copyOf(all),
                random.nextInt(3) == 0 ? 1_767_225_000_000L : 0,
                run ? new Origin(Source.AI, "ann", "run", "small-1") : Origin.HUMAN);
    }
}
