package dev.parley.load.gatling;

/** How a step goes on: exactly one of the two is called, once, on the clients' loop. */
interface Outcome {
    void done();

    void failed(String why);

    /** This one if it fails, and what comes next if not. */
    default Outcome after(Runnable next) {
        Outcome whole = this;
        return new Outcome() {
            @Override
            public void done() {
                next.run();
            }

            @Override
            public void failed(String why) {
                whole.failed(why);
            }
        };
    }

    /** This one; Gatling is told of a failure. */
    default Outcome reported(Reporter reporter, Step step, ParleyRun run, long beganNanos) {
        Outcome whole = this;
        return new Outcome() {
            @Override
            public void done() {
                whole.done();
            }

            @Override
            public void failed(String why) {
                reporter.failed(step, beganNanos, run.nanoTime(), why);
                whole.failed(why);
            }
        };
    }
}
