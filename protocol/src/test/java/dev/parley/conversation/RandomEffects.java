package dev.parley.conversation;

import dev.parley.fixture.RandomEdits;
import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Effects that fit the texts they are made on, one on top of the other. */
public final class RandomEffects {
    private final RandomEdits edits;
    private final RandomGenerator random;
    private final Map<String, Text> texts;
    private final Set<String> drafts;
    private int count;

    /** On drafts that have these texts. */
    public RandomEffects(RandomEdits edits, Map<String, Text> texts) {
        this.edits = edits;
        this.random = edits.random();
        this.texts = new TreeMap<>(texts);
        this.drafts = new HashSet<>(texts.keySet());
    }

    /** The texts after everything that was made; a block that was merged away or erased is not among them. */
    public Map<String, Text> texts() {
        return texts;
    }

    /** What a submission may hold; {@code name} begins the ids of new blocks and is the value of what is set. */
    public List<Effect> submission(String name, int countMax) {
        return many(name, countMax, 18);
    }

    /** What an entry may hold besides, stamped: commands merge, erase and publish, and place runs. */
    public List<Effect> entry(String name, int countMax) {
        return many(name, countMax, 23);
    }

    private List<Effect> many(String name, int countMax, int choices) {
        List<Effect> effects = new ArrayList<>();
        for (int left = 1 + random.nextInt(countMax); left > 0 && !texts.isEmpty(); left--) {
            Effect effect = one(name, random.nextInt(choices));
            effects.add(choices > 18 ? stamped(effect) : effect);
        }
        return effects;
    }

    private Effect stamped(Effect effect) {
        boolean hidden = effect instanceof Effect.PlaceAnchor
                || (effect instanceof Effect.Set set && !Attributes.isPublic(set.key()))
                || drafts.contains(effect.target());
        return effect.withAudience(hidden ? View.STAFF : View.PUBLIC);
    }

    private Effect one(String name, int choice) {
        String block = anyBlock();
        if (choice < 11) {
            return edit(block);
        } else if (choice < 13) {
            return place(block, name);
        } else if (choice < 15) {
            return Effects.move(block, random.nextBoolean() ? "V" : "F");
        } else if (choice < 17) {
            return set(random.nextBoolean() ? block : "", name);
        } else if (choice < 18) {
            return create(name + "." + count++);
        } else if (choice < 19) {
            return Effects.run(block, "run", random.nextInt(text(block).length() + 1));
        } else if (choice < 22 && !peers(block).isEmpty()) {
            return merge(block);
        } else if (random.nextInt(3) > 0) {
            return edit(block);
        }
        return drafts.contains(block) && random.nextBoolean() ? publish(block) : erase(block);
    }

    private String anyBlock() {
        return List.copyOf(texts.keySet()).get(random.nextInt(texts.size()));
    }

    private Text text(String block) {
        return texts.getOrDefault(block, Text.EMPTY);
    }

    private Effect edit(String block) {
        Text text = text(block);
        TextEdit edit = edits.edit(text);
        texts.put(block, edit.apply(text));
        return Effects.edit(block, text.length(), edit);
    }

    private Effect set(String target, String value) {
        return switch (random.nextInt(6)) {
            case 0 -> Effects.advance("read/ann", random.nextInt(1_000));
            case 1 ->
                Effects.set(
                        target,
                        "reaction/vic",
                        random.nextBoolean() ? edits.text(1).toString() : "");
            case 2 -> Effects.set(target, "recalled", random.nextBoolean() ? "1" : "");
            case 3 -> Effects.set(target, "l", value);
            default -> Effects.set(target, "k", value);
        };
    }

    private Effect place(String block, String name) {
        int length = text(block).length();
        int start = random.nextInt(length + 1);
        return Effects.place(block, name, start, start + random.nextInt(length - start + 1));
    }

    public Effect create(String block) {
        Text text = edits.text(6);
        texts.put(block, text);
        if (random.nextInt(3) > 0) {
            return Effects.message(block, text.toString());
        }
        drafts.add(block);
        return Effects.draft(block, text.toString());
    }

    /** What it may be merged into. */
    private List<String> peers(String block) {
        return texts.keySet().stream()
                .filter(other -> !other.equals(block) && drafts.contains(other) == drafts.contains(block))
                .toList();
    }

    /** As it is stamped at head, where the texts are these. */
    private Effect merge(String block) {
        List<String> peers = peers(block);
        String into = peers.get(random.nextInt(peers.size()));
        Text text = text(block);
        Text intoText = text(into);
        Text separator = Text.of(text.length() == 0 || intoText.length() == 0 ? "" : "\n");
        int at = intoText.length() + separator.length();
        texts.put(into, intoText.concat(separator).concat(text));
        texts.remove(block);
        return Effects.retarget(block, into, intoText.length(), at, text.length());
    }

    private Effect erase(String block) {
        texts.remove(block);
        return Effects.erase(block);
    }

    private Effect publish(String block) {
        drafts.remove(block);
        return Effects.reveal(block, text(block).toString());
    }
}
