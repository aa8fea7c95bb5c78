package dev.parley.load;

import dev.parley.ot.Text;
import dev.parley.ot.TextEdit;
import java.util.List;
import java.util.random.RandomGenerator;

/** What people type, as far as a gateway can tell: words of several scripts, emoji, line breaks, and edits of all that. */
final class RandomText {
    private static final List<String> WORDS = List.of(
            "hello ",
            "the order ",
            "is late, ",
            "refund? ",
            "thank you. ",
            "naïve ",
            "Größe ",
            "订单",
            "什么时候到？",
            "您好，",
            "ありがとう ",
            "привет ",
            "مرحبا ",
            "👍",
            "🙂 ",
            "👩‍👩‍👧‍👦 ",
            "e\u0301 ",
            "\n",
            "\t",
            "\"quoted\" ",
            "a\\b ",
            "0 ");

    private static final int TEXT_LENGTH_LONG = 400;
    private static final int DELETED_LENGTH_MAX = 12;

    private final RandomGenerator random;

    RandomText(RandomGenerator random) {
        this.random = random;
    }

    String words(int countMax) {
        StringBuilder text = new StringBuilder();
        for (int count = 1 + random.nextInt(countMax); count > 0; count--) {
            text.append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return text.toString();
    }

    /** An edit of {@code text}, mostly at its end, that does something and keeps it from growing for ever. */
    TextEdit edit(Text text) {
        int length = text.length();
        int position = random.nextInt(4) == 0 ? random.nextInt(length + 1) : length;
        int deletable = Math.min(length - position, DELETED_LENGTH_MAX);
        if (length > TEXT_LENGTH_LONG) {
            return TextEdit.delete(length / 4, length / 2);
        }
        if (deletable > 0 && random.nextBoolean()) {
            int deleted = 1 + random.nextInt(deletable);
            return random.nextBoolean()
                    ? TextEdit.delete(position, deleted)
                    : TextEdit.replace(position, deleted, words(2));
        }
        return TextEdit.insert(position, words(2));
    }
}
