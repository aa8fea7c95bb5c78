package dev.parley.load.compare;

import java.util.Arrays;

/**
 * Characters that were typed one by one at places of a text, as one edit of it: composed as the clients of both Parley and
 * ShareDB compose what is typed while a submission is on its way. On the generator's loop.
 */
final class Gathering {
    private final int baseLength;
    private int size;
    /** Where each stands in the text with all of them, ascending. */
    private int[] places = new int[4];

    private byte[] letters = new byte[4];

    Gathering(int baseLength) {
        this.baseLength = baseLength;
    }

    /** What each piece of the edit is, from the start of the text. */
    interface Reader {
        void retain(int length);

        void insert(byte[] letters, int from, int to);
    }

    int baseLength() {
        return baseLength;
    }

    int length() {
        return baseLength + size;
    }

    void insert(int place, byte letter) {
        if (size == places.length) {
            places = Arrays.copyOf(places, size * 2);
            letters = Arrays.copyOf(letters, size * 2);
        }
        int index = size;
        while (index > 0 && places[index - 1] >= place) {
            places[index] = places[index - 1] + 1;
            letters[index] = letters[index - 1];
            index--;
        }
        places[index] = place;
        letters[index] = letter;
        size++;
    }

    void read(Reader reader) {
        int end = 0;
        int from = 0;
        while (from < size) {
            int to = from + 1;
            while (to < size && places[to] == places[to - 1] + 1) {
                to++;
            }
            if (places[from] > end) {
                reader.retain(places[from] - end);
            }
            reader.insert(letters, from, to);
            end = places[to - 1] + 1;
            from = to;
        }
    }
}
