import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/fixture/announce.ts'],
    setupFiles: ['test/fixture/seed.ts'],
    testTimeout: 60_000,
  },
});
