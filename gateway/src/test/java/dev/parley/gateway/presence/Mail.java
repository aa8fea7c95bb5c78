package dev.parley.gateway.presence;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

/** Messages under way between nodes. */
final class Mail implements Executor {
    private final List<Runnable> underWay = new ArrayList<>();

    @Override
    public void execute(Runnable message) {
        underWay.add(message);
    }

    /** All arrive, in order. */
    void deliver() {
        while (!underWay.isEmpty()) {
            underWay.remove(0).run();
        }
    }

    /** Some arrive, in any order, some twice; some are lost, and some stay under way. */
    void deliverBadly(Random random) {
        for (int i = underWay.size(); i > 0; i--) {
            int at = random.nextInt(underWay.size());
            switch (random.nextInt(5)) {
                case 0 -> underWay.remove(at);
                case 1 -> underWay.get(at).run();
                case 2 -> {}
                default -> underWay.remove(at).run();
            }
            if (underWay.isEmpty()) {
                return;
            }
        }
    }

    void lose() {
        underWay.clear();
    }
}
