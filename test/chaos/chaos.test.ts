import { readFileSync } from 'node:fs'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { TEST_CERTIFICATE } from '@parley/testkit/services'
import { beforeAll, expect, it } from 'vitest'
import { chooseSeed } from '../scenarios/random.ts'
import { describeReport } from './describe-report.ts'
import { runChaos } from './run-chaos.ts'

/** Less than a minute, and several times that on a machine that has much else to do, or when something never comes. */
const TIMEOUT_MS = 300_000
const seed = chooseSeed()
beforeAll(() => setDefaultCACertificates([...getCACertificates('default'), readFileSync(TEST_CERTIFICATE, 'utf8')]))

it(`everybody is told all that was acknowledged, once and in one order, whatever happens to the cluster (SEED=${seed})`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const done: string[] = []
  const report = await runChaos({
    seed,
    nodes: 3,
    clients: 28,
    conversations: 4,
    rooms: 2,
    durationMs: 15_000,
    gapMs: 1500,
    say: (line) => done.push(line),
  })
  expect(describeReport(report), done.join('\n')).toBe('')
  expect(report.faults).toBeGreaterThan(4)
  expect(report.acknowledged).toBeGreaterThan(50)
  expect(report.recoveries).toBeGreaterThan(10)
  expect(report.joins).toBeGreaterThan(10)
})
