/** Time, handed in so that tests can own it. */
export interface Clock {
  /** UTC. */
  nowMillis(): number;
  /** Runs the task once, later; returns how to call that off. */
  after(millis: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  nowMillis: () => Date.now(),
  after(millis, task) {
    const timer = setTimeout(task, millis);
    return () => {
      clearTimeout(timer);
    };
  },
};
