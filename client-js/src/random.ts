/** Randomness, handed in so that tests can seed it. */
export interface Random {
  /** At least 0, less than 1. */
  fraction(): number;
  /** For ids: nobody can guess them. */
  bytes(length: number): Uint8Array;
}

export const systemRandom: Random = {
  fraction: () => Math.random(),
  bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
};
