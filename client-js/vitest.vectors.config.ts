import { defineConfig } from 'vitest/config';

// What needs the files of a finished test run of the Java module `protocol`.
export default defineConfig({
  test: {
    include: ['test/**/*.vectors.ts'],
    testTimeout: 60_000,
  },
});
