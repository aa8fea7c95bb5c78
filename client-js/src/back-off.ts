import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

const BASE_MILLIS = 500;
const CAP_MILLIS = 20_000;

/** How long to wait before the next try: full jitter, so that clients which broke together do not come back together. */
export class BackOff {
  private failures = 0;
  private dictatedAtMillis: number | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** The gateway says when to come; that holds for the next try, before any reckoning of ours. */
  dictate(delayMillis: number): void {
    this.dictatedAtMillis = this.clock.nowMillis() + delayMillis;
  }

  /** The connection works: start over. */
  reset(): void {
    this.failures = 0;
    this.dictatedAtMillis = undefined;
  }

  nextMillis(): number {
    const dictatedAtMillis = this.dictatedAtMillis;
    this.dictatedAtMillis = undefined;
    if (dictatedAtMillis !== undefined) {
      return Math.max(0, dictatedAtMillis - this.clock.nowMillis());
    }
    const bound = Math.min(CAP_MILLIS, BASE_MILLIS * 2 ** this.failures++);
    return this.random.fraction() * bound;
  }
}
