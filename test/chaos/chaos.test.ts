import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { TEST_CERTIFICATE } from '@parley/testkit/services'
import { beforeAll, expect, it } from 'vitest'
import { chooseSeed } from '../scenarios/random.ts'
import { describeReport } from './describe-report.ts'
import { runChaos } from './run-chaos.ts'

/** Half a minute, and several times that on a machine that has much else to do. */
const TIMEOUT_MS = 240_000
const seed = chooseSeed()
beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), readFileSync(TEST_CERTIFICATE, 'utf8')]))

it(`everybody is told all that was acknowledged, once and in one order, whatever happens to the cluster (SEED=${seed})`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const done: string[] = []
  const report = await runChaos({
    seed,
    nodes: 1,
    clients: 24,
    conversations: 4,
    rooms: 2,
    durationMs: 12_000,
    gapMs: 800,
    kinds: ['clients severed', 'clients held', 'database killed', 'database frozen', 'proxy killed'],
    say: (line) => done.push(line),
  })
  expect(describeReport(report), done.join('\n')).toBe('')
  expect(report.acknowledged).toBeGreaterThan(100)
  expect(report.recoveries).toBeGreaterThan(20)
})
