import { defineConfig } from 'vitest/config';

// What takes part in a system test of the Java module `load-test`, which starts it and says when it ends.
export default defineConfig({
  test: {
    include: ['test-browser/**/*.tier.ts'],
    globalSetup: ['test/fixture/announce.ts'],
    testTimeout: 0,
    hookTimeout: 90_000,
  },
});
