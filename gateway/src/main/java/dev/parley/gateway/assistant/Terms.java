package dev.parley.gateway.assistant;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a text is searched by: words without their endings, and pairs of Chinese characters. */
final class Terms {
    private static final Pattern WORD = Pattern.compile("\\p{IsHan}+|[\\p{L}\\p{N}&&[^\\p{IsHan}]]+");
    private static final int STEM_LENGTH_MIN = 4;

    private static final Set<String> STOP_WORDS = Set.of(
            ("a about after all also am an and any are as at be been before but by can could did do does for from get"
                            + " had has have hello hi how i if in into is it its just me my no not of on or our please"
                            + " so some than thank thanks that the their them then there they this to up us want was"
                            + " we were what when where which who why will with would you your 什么 时候 怎么 可以 我们"
                            + " 你们 一个 没有 请问 你好 我的 我想 如何 为什 是否 能不 不能 一下 知道 这个 那个")
                    .split(" "));

    private Terms() {}

    static List<String> of(String text) {
        List<String> terms = new ArrayList<>();
        Matcher words = WORD.matcher(text);
        while (words.find()) {
            String word = words.group().toLowerCase(Locale.ROOT);
            if (isHan(word)) {
                addPairs(terms, word);
            } else if (!STOP_WORDS.contains(word)) {
                terms.add(stem(word));
            }
        }
        return terms;
    }

    static boolean isChinese(String text) {
        return text.codePoints().anyMatch(Terms::isHan);
    }

    private static boolean isHan(String word) {
        return isHan(word.codePointAt(0));
    }

    private static boolean isHan(int codePoint) {
        return Character.UnicodeScript.of(codePoint) == Character.UnicodeScript.HAN;
    }

    private static void addPairs(List<String> terms, String word) {
        int[] characters = word.codePoints().toArray();
        if (characters.length == 1) {
            terms.add(word);
        }
        for (int i = 0; i + 1 < characters.length; i++) {
            String pair = new String(characters, i, 2);
            if (!STOP_WORDS.contains(pair)) {
                terms.add(pair);
            }
        }
    }

    /** Good enough for "parcels", "shipped", "returning"; both sides of a search go through it. */
    private static String stem(String word) {
        for (String ending : List.of("ing", "ied", "ies", "ed", "es", "s", "e", "y")) {
            if (word.endsWith(ending) && word.length() - ending.length() >= STEM_LENGTH_MIN) {
                return undoubled(word.substring(0, word.length() - ending.length()));
            }
        }
        return undoubled(word);
    }

    private static String undoubled(String stem) {
        int last = stem.length() - 1;
        return last > STEM_LENGTH_MIN - 1 && stem.charAt(last) == stem.charAt(last - 1)
                ? stem.substring(0, last)
                : stem;
    }
}
