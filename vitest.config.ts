import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { isTestedOnTwoNodes } from './packages/testkit/src/tested-deployment.ts'

/** Two nodes with all that they stand on take their time to start. */
const PATIENCE = isTestedOnTwoNodes() ? 3 : 1

const project = (name: string, include: string[], testTimeoutMs: number) => ({
  test: {
    name,
    include,
    // Files follow one another in a process: to load a server and its libraries anew for each took a fifth of the time.
    isolate: false,
    testTimeout: testTimeoutMs * PATIENCE,
    hookTimeout: testTimeoutMs * PATIENCE,
    // What is polled for comes soon, unless the machine is busy.
    expect: { poll: { timeout: (testTimeoutMs * PATIENCE) / 2 } },
    restoreMocks: true,
    unstubEnvs: true,
  },
})

/**
 * What takes long, the longest first: it begins at once, and nothing is left to wait for in the end. Browsers stand
 * among what waits more than it works: three of them at a time get into each other's way.
 */
const LONG = [
  'test/conformance/rooms/',
  'test/browser/accessibility.test.ts',
  'test/browser/site-lines.test.ts',
  'test/browser/voice-room.test.ts',
  'test/conformance/rest-site/',
  'test/scenarios/killed-server.test.ts',
  'test/browser/doors.test.ts',
  'packages/server/src/storage/sql/query-plans.test.ts',
  'test/browser/site-chat.test.ts',
  'test/chaos/chaos.test.ts',
  'test/browser/operator.test.ts',
  'test/conformance/site/',
  'test/chaos/rolling-restart.test.ts',
  'test/browser/voice-encrypted.test.ts',
  'bench/src/bench.test.ts',
  'test/browser/site-accessibility.test.ts',
  'test/scenarios/',
  'test/browser/',
  'test/fuzz/',
  'packages/testkit/src/services/',
  'packages/server/src/storage/sql/',
  'packages/server/src/storage/redis/',
  'packages/server/src/main.test.ts',
  'packages/server/src/doctor/doctor.test.ts',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((path) => moduleId.includes(`/${path}`))
      return at === -1 ? LONG.length : at
    }
    // A process goes on with a file of the same project alone.
    return (await super.sort(files)).sort(
      (one, other) => rank(one) - rank(other) || one.project.name.localeCompare(other.project.name),
    )
  }
}

export default defineConfig({
  test: {
    allowOnly: false,
    passWithNoTests: false,
    // One more than two machine cores have: some tests work, others wait for time to pass. With two more, browsers
    // take so long that their tests give up.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['packages/testkit/src/services/shared-servers.ts'],
    projects: [
      project(
        'unit',
        ['packages/*/src/**/*.test.{ts,tsx}', 'test/*.test.ts', 'bench/{src,model}/**/*.test.ts'],
        60_000,
      ),
      project('conformance', ['test/conformance/**/*.test.ts'], 120_000),
      project('scenarios', ['test/{scenarios,fuzz}/**/*.test.ts'], 120_000),
      project('deploy', ['test/deploy/**/*.test.ts'], 60_000),
      project('chaos', ['test/chaos/**/*.test.ts'], 300_000),
      project('browser', ['test/browser/**/*.test.ts'], 180_000),
    ],
  },
})
