package dev.parley.crdt;

import java.util.List;
import java.util.Random;
import java.util.Set;

/** One kind of value, so that all of them are held to the same laws. */
interface Kind<T> {
    List<Kind<?>> ALL = List.of(new Counters(), new AddWinsSets(), new OrderedSets());

    String name();

    T empty();

    /** Some change by a replica, as a delta. */
    T change(T state, String replica, Random random);

    T merge(T one, T other);

    VersionVector versions(T state);

    T delta(T state, VersionVector since);

    T retain(T state, Set<String> replicas);

    /** In the readable form of the vectors. */
    Object readable(T state);

    /** What a user sees of it. */
    Object shown(T state);

    static String element(Random random) {
        return List.of("a", "😀", "\uFFFD").get(random.nextInt(3));
    }

    /** A few, so that ranks are equal now and then. */
    static String rank(Random random) {
        return List.of("1", "V", "VV", "a", "z").get(random.nextInt(5));
    }

    final class Counters implements Kind<PnCounter> {
        @Override
        public String name() {
            return "pnCounter";
        }

        @Override
        public PnCounter empty() {
            return PnCounter.ZERO;
        }

        @Override
        public PnCounter change(PnCounter state, String replica, Random random) {
            return state.change(replica, random.nextInt(7) - 3);
        }

        @Override
        public PnCounter merge(PnCounter one, PnCounter other) {
            return one.merge(other);
        }

        @Override
        public VersionVector versions(PnCounter state) {
            return state.versions();
        }

        @Override
        public PnCounter delta(PnCounter state, VersionVector since) {
            return state.delta(since);
        }

        @Override
        public PnCounter retain(PnCounter state, Set<String> replicas) {
            return state.retain(replicas);
        }

        @Override
        public Object readable(PnCounter state) {
            return VectorForm.of(state);
        }

        @Override
        public Object shown(PnCounter state) {
            return state.value();
        }
    }

    final class AddWinsSets implements Kind<AddWinsSet> {
        @Override
        public String name() {
            return "addWinsSet";
        }

        @Override
        public AddWinsSet empty() {
            return AddWinsSet.EMPTY;
        }

        @Override
        public AddWinsSet change(AddWinsSet state, String replica, Random random) {
            List<String> elements = List.of(element(random), element(random)).subList(0, 1 + random.nextInt(2));
            return switch (random.nextInt(6)) {
                case 0 -> state.removal(replica, elements);
                case 1 -> state.withdrawal(replica, elements);
                default -> state.addition(replica, elements);
            };
        }

        @Override
        public AddWinsSet merge(AddWinsSet one, AddWinsSet other) {
            return one.merge(other);
        }

        @Override
        public VersionVector versions(AddWinsSet state) {
            return state.versions();
        }

        @Override
        public AddWinsSet delta(AddWinsSet state, VersionVector since) {
            return state.delta(since);
        }

        @Override
        public AddWinsSet retain(AddWinsSet state, Set<String> replicas) {
            return state.retain(replicas);
        }

        @Override
        public Object readable(AddWinsSet state) {
            return VectorForm.of(state);
        }

        @Override
        public Object shown(AddWinsSet state) {
            return List.copyOf(state.elements());
        }
    }

    final class OrderedSets implements Kind<OrderedSet> {
        @Override
        public String name() {
            return "orderedSet";
        }

        @Override
        public OrderedSet empty() {
            return OrderedSet.EMPTY;
        }

        @Override
        public OrderedSet change(OrderedSet state, String replica, Random random) {
            String element = element(random);
            return switch (random.nextInt(5)) {
                case 0 -> state.removal(replica, List.of(element));
                case 1, 2 -> state.addition(replica, element, rank(random));
                default -> state.move(replica, element, rank(random));
            };
        }

        @Override
        public OrderedSet merge(OrderedSet one, OrderedSet other) {
            return one.merge(other);
        }

        @Override
        public VersionVector versions(OrderedSet state) {
            return state.versions();
        }

        @Override
        public OrderedSet delta(OrderedSet state, VersionVector since) {
            return state.delta(since);
        }

        @Override
        public OrderedSet retain(OrderedSet state, Set<String> replicas) {
            return state.retain(replicas);
        }

        @Override
        public Object readable(OrderedSet state) {
            return VectorForm.of(state);
        }

        @Override
        public Object shown(OrderedSet state) {
            return state.elements();
        }
    }
}
