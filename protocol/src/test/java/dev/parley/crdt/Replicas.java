package dev.parley.crdt;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Some replicas of one value that change it and hear of each other late, twice, in any order or never. */
final class Replicas<T> {
    static final List<String> NAMES = List.of("p", "q", "r", "s");

    private final Kind<T> kind;
    private final Random random;
    private final List<T> states = new ArrayList<>();
    private final List<T> messages = new ArrayList<>();
    /** Every state that a replica ever had. */
    final List<T> past = new ArrayList<>();

    Replicas(Kind<T> kind, Random random) {
        this.kind = kind;
        this.random = random;
        NAMES.forEach(name -> states.add(kind.empty()));
        past.add(kind.empty());
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            int me = random.nextInt(NAMES.size());
            T state = states.get(me);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    T delta = kind.change(state, NAMES.get(me), random);
                    messages.add(delta);
                    become(me, kind.merge(state, delta));
                }
                case 2 -> messages.add(kind.delta(state, kind.versions(pick(states))));
                case 3 -> messages.add(state);
                default -> {
                    if (!messages.isEmpty()) {
                        become(me, kind.merge(state, pick(messages)));
                    }
                }
            }
        }
    }

    /** Everybody tells what it knows of, and gets what it lacks. */
    void exchange() {
        for (int to = 0; to < states.size(); to++) {
            for (T from : List.copyOf(states)) {
                T missing = kind.delta(from, kind.versions(states.get(to)));
                become(to, kind.merge(states.get(to), missing));
            }
        }
    }

    /** States, deltas, and merges of those. */
    T any() {
        T one = random.nextBoolean() || messages.isEmpty() ? pick(past) : pick(messages);
        return random.nextInt(4) == 0 ? kind.merge(one, pick(past)) : one;
    }

    List<T> states() {
        return List.copyOf(states);
    }

    private void become(int replica, T state) {
        states.set(replica, state);
        past.add(state);
    }

    private <E> E pick(List<E> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
