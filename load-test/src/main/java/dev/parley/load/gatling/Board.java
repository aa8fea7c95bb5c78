package dev.parley.load.gatling;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Conversations that visitors began, for staff to come to. On the clients' loop. */
final class Board {
    private final List<String> begun = new ArrayList<>();
    private final Deque<String> untaken = new ArrayDeque<>();
    private final List<Taker> takers = new ArrayList<>();

    private record Taker(int count, Consumer<List<String>> then) {}

    void begin(String conversation) {
        begun.add(conversation);
        untaken.add(conversation);
        serve();
    }

    /** The first of all, again for each who asks. */
    String first() {
        return begun.isEmpty() ? "" : begun.get(0);
    }

    /** So many that nobody else takes, as soon as there are. */
    void take(int count, Consumer<List<String>> then) {
        takers.add(new Taker(count, then));
        serve();
    }

    private void serve() {
        for (Iterator<Taker> each = takers.iterator(); each.hasNext(); ) {
            Taker taker = each.next();
            if (taker.count() <= untaken.size()) {
                each.remove();
                List<String> taken = new ArrayList<>();
                for (int i = 0; i < taker.count(); i++) {
                    taken.add(untaken.remove());
                }
                taker.then().accept(taken);
            }
        }
    }
}
