package dev.parley.gateway.shard;

/** Runs each task at once, on whichever thread hands it over. */
public enum DirectLoop implements Loop {
    INSTANCE;

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }
}
