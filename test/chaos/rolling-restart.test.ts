import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { Cluster } from '@parley/testkit/cluster'
import { TEST_CERTIFICATE } from '@parley/testkit/services'
import { beforeAll, expect, it } from 'vitest'
import { describeReport } from './describe-report.ts'
import { runChaos } from './run-chaos.ts'

/** Twenty seconds, and several times that on a machine that has much else to do. */
const TIMEOUT_MS = 600_000
beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), readFileSync(TEST_CERTIFICATE, 'utf8')]))

/** As an operator brings a new release to a cluster. Resolves with the exit codes. */
async function restartInTurn({ nodes }: Cluster): Promise<(number | null)[]> {
  const codes: (number | null)[] = []
  for (const node of nodes) {
    codes.push(await node.stop())
    await node.start()
  }
  return codes
}

it('a rolling restart loses nothing and nobody, whatever people use', { timeout: TIMEOUT_MS }, async () => {
  const done: string[] = []
  let codes: readonly (number | null)[] = []
  const report = await runChaos({
    ...{ seed: 1, nodes: 3, clients: 16, conversations: 3, rooms: 1, durationMs: 0, gapMs: 300 },
    say: (line) => done.push(line),
    async act(cluster) {
      codes = await restartInTurn(cluster)
    },
  })
  expect(describeReport(report), done.join('\n')).toBe('')
  expect(codes).toEqual([0, 0, 0])
  expect(report.acknowledged).toBeGreaterThan(100)
  expect(report.recoveries).toBeGreaterThan(20)
  expect(report.joins).toBeGreaterThan(5)
})
