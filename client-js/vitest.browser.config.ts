import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test-browser/**/*.test.ts'],
    globalSetup: ['test/fixture/announce.ts'],
    fileParallelism: false,
    testTimeout: 360_000,
    hookTimeout: 90_000,
  },
});
