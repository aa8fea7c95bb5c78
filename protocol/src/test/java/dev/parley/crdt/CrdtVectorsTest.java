package dev.parley.crdt;

import dev.parley.fixture.Json;
import dev.parley.fixture.VectorFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Makes what the JavaScript values are compared with. */
class CrdtVectorsTest {
    private static final int RUNS = 12;

    private final List<String> cases = new ArrayList<>();

    @Test
    void theCommittedCasesAreWhatThisCodeGives() {
        changes();
        for (Kind<?> kind : Kind.ALL) {
            for (int run = 0; run < RUNS; run++) {
                // The algorithm of Random is specified, so every JDK makes the same cases.
                merges(kind, new Random(run));
            }
        }

        VectorFile.committed("crdt.json").holds(cases);
    }

    private void changes() {
        PnCounter counter = PnCounter.ZERO.change("p", 2).merge(PnCounter.ZERO.change("q", -1));
        change("counting up", "pnCounter", VectorForm.of(counter), "change", List.of("p", 3), counter.change("p", 3));
        change(
                "counting down",
                "pnCounter",
                VectorForm.of(counter),
                "change",
                List.of("r", -4),
                counter.change("r", -4));

        AddWinsSet set = AddWinsSet.EMPTY.addition("p", List.of("x", "y"));
        AddWinsSet both =
                set.merge(set.addition("q", List.of("x"))).merge(AddWinsSet.EMPTY.addition("r", List.of("x")));
        change(
                "adding",
                "addWinsSet",
                VectorForm.of(both),
                "addition",
                List.of("p", List.of("z", "x")),
                both.addition("p", List.of("z", "x")));
        change(
                "adding the same twice",
                "addWinsSet",
                VectorForm.of(set),
                "addition",
                List.of("p", List.of("z", "z")),
                set.addition("p", List.of("z", "z")));
        change(
                "removing",
                "addWinsSet",
                VectorForm.of(both),
                "removal",
                List.of("q", List.of("x", "nobody")),
                both.removal("q", List.of("x", "nobody")));
        change(
                "taking back",
                "addWinsSet",
                VectorForm.of(both),
                "withdrawal",
                List.of("q", List.of("x", "y")),
                both.withdrawal("q", List.of("x", "y")));
        change(
                "removing nobody",
                "addWinsSet",
                VectorForm.of(both),
                "removal",
                List.of("q", List.of("nobody")),
                both.removal("q", List.of("nobody")));

        OrderedSet list = OrderedSet.EMPTY.addition("p", "x", "V").merge(OrderedSet.EMPTY.addition("q", "x", "a"));
        change(
                "adding at a rank",
                "orderedSet",
                VectorForm.of(list),
                "addition",
                List.of("r", "x", "b"),
                list.addition("r", "x", "b"));
        change("moving", "orderedSet", VectorForm.of(list), "move", List.of("r", "x", "Z"), list.move("r", "x", "Z"));
        change(
                "moving nobody",
                "orderedSet",
                VectorForm.of(list),
                "move",
                List.of("r", "y", "Z"),
                list.move("r", "y", "Z"));
        change(
                "removing from a list",
                "orderedSet",
                VectorForm.of(list),
                "removal",
                List.of("p", List.of("x")),
                list.removal("p", List.of("x")));
    }

    private void change(String name, String type, Object state, String change, List<?> arguments, Object result) {
        Map<String, Object> fields = fields(name, type, "change");
        fields.put("state", state);
        fields.put("change", change);
        fields.put("arguments", arguments);
        fields.put("result", readable(result));
        cases.add(Json.of(fields));
    }

    private static Object readable(Object value) {
        if (value instanceof PnCounter counter) {
            return VectorForm.of(counter);
        }
        return value instanceof AddWinsSet set ? VectorForm.of(set) : VectorForm.of((OrderedSet) value);
    }

    private <T> void merges(Kind<T> kind, Random random) {
        Replicas<T> replicas = new Replicas<>(kind, random);
        replicas.run(24);
        T one = replicas.any();
        T other = replicas.any();

        Map<String, Object> merge = fields("merge", kind.name(), "merge");
        merge.put("state", kind.readable(one));
        merge.put("other", kind.readable(other));
        merge.put("result", kind.readable(kind.merge(one, other)));
        merge.put("shown", kind.shown(kind.merge(one, other)));
        cases.add(Json.of(merge));

        T state = replicas.states().get(random.nextInt(4));
        VersionVector since = kind.versions(replicas.past.get(random.nextInt(replicas.past.size())));
        Map<String, Object> delta = fields("delta", kind.name(), "delta");
        delta.put("state", kind.readable(state));
        delta.put("versions", VectorForm.of(kind.versions(state)));
        delta.put("since", VectorForm.of(since));
        delta.put("result", kind.readable(kind.delta(state, since)));
        cases.add(Json.of(delta));

        Map<String, Object> retain = fields("retain", kind.name(), "retain");
        retain.put("state", kind.readable(one));
        retain.put("replicas", List.of("p", "r"));
        retain.put("result", kind.readable(kind.retain(one, Set.of("p", "r"))));
        cases.add(Json.of(retain));
    }

    private static Map<String, Object> fields(String name, String type, String op) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("type", type);
        fields.put("op", op);
        return fields;
    }
}
