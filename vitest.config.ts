import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const execArgv = ['--import', join(import.meta.dirname, 'test/support/drizzle-format.ts')];

const shared = {
  environment: 'node',
  pool: 'forks',
  execArgv,
  // What starts processes and browsers takes its time on a busy machine.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Most asks of a poll are answered at once; a busy machine may take longer.
  expect: { poll: { timeout: 5_000 } },
  unstubEnvs: true,
  restoreMocks: true,
} as const;

// Remix's plugin stays out: it serves routes, not tests.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'pure',
          include: ['test/{domain,house,ui}/**/*.test.{ts,tsx}'],
          // What has no state has none to keep apart.
          isolate: false,
        },
      },
      {
        test: {
          ...shared,
          name: 'system',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/{domain,house,ui}/**'],
          globalSetup: './test/support/start-postgres.ts',
        },
      },
    ],
  },
});
