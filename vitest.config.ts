import { defineConfig } from 'vitest/config'

/** Runs after the projects with a smaller `order`; two machine cores are enough for each. */
const project = (name: string, order: number, include: string[], testTimeoutMs: number) => ({
  test: {
    name,
    include,
    testTimeout: testTimeoutMs,
    hookTimeout: 60_000,
    // What is polled for comes soon, unless the machine is busy.
    expect: { poll: { timeout: testTimeoutMs / 2 } },
    restoreMocks: true,
    unstubEnvs: true,
    sequence: { groupOrder: order },
    // Scenarios and browsers take turns, so that each has the machine to itself. Conformance suites mostly wait for time to pass.
    fileParallelism: order <= 1,
  },
})

export default defineConfig({
  test: {
    allowOnly: false,
    passWithNoTests: false,
    globalSetup: ['packages/testkit/src/services/shared-servers.ts'],
    projects: [
      project('unit', 0, ['packages/*/src/**/*.test.{ts,tsx}', 'test/*.test.ts', 'bench/src/**/*.test.ts'], 10_000),
      project('conformance', 1, ['test/conformance/**/*.test.ts'], 60_000),
      project('scenarios', 2, ['test/{scenarios,fuzz}/**/*.test.ts'], 60_000),
      project('browser', 3, ['test/browser/**/*.test.ts'], 90_000),
    ],
  },
})
