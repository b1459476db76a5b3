import { defineConfig } from 'vitest/config';

const PAGE = 'test/inspector/**/*.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['test/**/*.test.ts'],
          exclude: [PAGE],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // One browser, one page's tests at a time, after all others: none of them waits for a busy machine.
          name: 'inspector',
          include: [PAGE],
          globalSetup: 'test/inspector/setUp.ts',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
