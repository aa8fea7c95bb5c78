package dev.parley.conversation;

import dev.parley.fixture.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What happens in a room, in order: made from a seed, written down, and played by replicas in Java or in JavaScript. The
 * numbers of a step choose among what is there when it is played.
 */
public record Schedule(List<Role> members, int historyMax, List<Step> steps) {
    private static final List<Role> ROLES =
            List.of(Role.AGENT, Role.VISITOR, Role.ASSISTANT, Role.AGENT, Role.VISITOR, Role.ADMIN);
    private static final int NUMBER_MAX = 1 << 20;

    /** What a member does to the conversation, or what happens on its line. */
    public enum Act {
        CREATE(3),
        DRAFT(3),
        EDIT(9),
        SEVERAL_EDITS(12),
        TWO_BLOCKS(4),
        MOVE(2),
        SET(3),
        PIN(1),
        ADVANCE(2),
        MERGE(3),
        PUBLISH(2),
        SUGGEST(3),
        ACCEPT(3),
        DISMISS(1),
        TAKE_OVER(2),
        START_RUN(3),
        APPEND(6),
        FINISH_RUN(1),
        REDACT(1),
        CLOSE(1),
        REOPEN(1),
        LINK(1),
        SEND(28),
        CARRY_UP(24),
        CARRY_DOWN(36),
        DROP(3),
        SEND_TWICE(3),
        LOSE_PLACE(1);

        private final int weight;

        Act(int weight) {
            this.weight = weight;
        }

        private static Act any(RandomGenerator random) {
            int total = 0;
            for (Act act : values()) {
                total += act.weight;
            }
            int left = random.nextInt(total);
            for (Act act : values()) {
                left -= act.weight;
                if (left < 0) {
                    return act;
                }
            }
            throw new IllegalStateException("weights do not add up");
        }
    }

    public record Step(int who, Act act, int a, int b, int c) {}

    public static Schedule random(int memberCount, int stepCount, int historyMax, RandomGenerator random) {
        List<Role> members = new ArrayList<>();
        for (int i = 0; i < memberCount; i++) {
            members.add(ROLES.get(i % ROLES.size()));
        }
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < stepCount; i++) {
            steps.add(new Step(
                    random.nextInt(memberCount),
                    Act.any(random),
                    random.nextInt(NUMBER_MAX),
                    random.nextInt(NUMBER_MAX),
                    random.nextInt(NUMBER_MAX)));
        }
        return new Schedule(members, historyMax, steps);
    }

    /** One line. */
    public String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("members", members.stream().map(Role::name).toList());
        json.put("historyMax", historyMax);
        json.put(
                "steps",
                steps.stream()
                        .map(step -> List.of(step.who(), step.act().name(), step.a(), step.b(), step.c()))
                        .toList());
        return Json.of(json);
    }
}
