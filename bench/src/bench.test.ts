import { describe, expect, test } from 'vitest'
import { DATABASE_KINDS } from './append/database.ts'
import { measureAppend } from './append.ts'
import { measureCapacity } from './capacity.ts'
import { measureConnections } from './connections.ts'
import { measureDeploy } from './deploy.ts'
import { measureFanout } from './fanout.ts'
import { measureJitter } from './jitter.ts'
import { ALL_PEERS, peersNamed } from './peers/all-peers.ts'
import { CAPACITY_PEERS } from './peers/capacity-peers.ts'
import { DEPLOY_PEERS } from './peers/deploy-peers.ts'
import { RETURNING_PEERS } from './peers/returning-peers.ts'
import { appendVerdicts } from './report/append-report.ts'
import { fanoutVerdicts } from './report/fanout-report.ts'
import { JITTER_HEADLINE } from './report/jitter-report.ts'
import { returnsVerdicts } from './report/returns-report.ts'
import { STORM_HEADLINE } from './report/storm-report.ts'
import { voiceVerdicts } from './report/voice-report.ts'
import { measureStorm } from './storm.ts'
import { measureVoice } from './voice.ts'

const silent = (): void => undefined
const START_TIMEOUT_MS = 300_000

describe('fanout', () => {
  test(
    'every message arrives at everybody, on every server',
    async () => {
      const rows = await measureFanout(
        {
          people: [5],
          deliveriesPerSecond: 500,
          seconds: 0.5,
          warmUpSeconds: 0,
          rounds: 1,
          peers: peersNamed([], silent),
          profileDir: null,
        },
        silent,
      )
      for (const { label, rounds } of rows) {
        for (const round of rounds) {
          expect(round.failures, label).toEqual([])
          expect(round.sent, label).toBe(50)
          // Parley answers the sender; the others send it its own message.
          const parley = label.startsWith('Parley')
          expect(round.delivered, label).toBe(round.sent * (parley ? 4 : 5))
          expect(round.expected, label).toBe(round.delivered)
          expect(round.acknowledged, label).toBe(parley ? round.sent : 0)
        }
      }
      const targets = fanoutVerdicts(rows).map(({ what }) => what)
      expect(targets).toContain('Parley, rooms wire / bare ws, 5 people')
    },
    START_TIMEOUT_MS,
  )
})

describe('deploy', () => {
  test(
    'everybody is back after each node of a cluster was restarted behind the proxy',
    async () => {
      const peers = DEPLOY_PEERS.filter(({ kind }) => kind === 'socket-io')
      const crowds = [{ people: 6, rooms: 2 }]
      const rows = await measureDeploy({ crowds, nodes: 2, perSecond: 5, calmSeconds: 1, rounds: 1, peers }, silent)
      const [round] = rows[0]?.rounds ?? []
      expect(round).toMatchObject({ clients: 6, neverBack: 0, unanswered: 0 })
      expect(round?.losses).toBeGreaterThanOrEqual(6)
      expect(round?.arrived).toBeGreaterThan(0)
      expect(round?.backMs.p95).toBeGreaterThan(0)
    },
    START_TIMEOUT_MS,
  )

  // Restarts of Parley take the time of its grace; that nobody is lost by them is `rolling-restart.test.ts`'s to show.
  test(
    'the servers of Parley start behind the proxy with the settings that they are measured with',
    async () => {
      const peer = DEPLOY_PEERS.find(({ kind }) => kind === 'parley-messenger')
      await using cluster = await peer?.open(1)
      expect(cluster?.nodes).toHaveLength(1)
    },
    START_TIMEOUT_MS,
  )
})

describe('connections', () => {
  test(
    'every server that can be asked tells its memory, Parley also with people in rooms',
    async () => {
      const peers = ALL_PEERS.filter(({ name }) => name === 'parley-rooms' || name === 'ws' || name === 'mosquitto')
      const rows = await measureConnections(
        { connections: 60, rounds: 1, settleMs: 10, peers, profileDir: null },
        silent,
      )
      expect(rows.map(({ peer, idle, joined }) => [peer, idle.length, joined.length])).toEqual([
        ['parley-rooms', 1, 1],
        ['ws', 1, 0],
      ])
      for (const { idle } of rows) expect(idle[0]?.rssBytes).toBeTypeOf('number')
    },
    START_TIMEOUT_MS,
  )
})

describe('capacity', () => {
  test(
    'connections come in steps, from other addresses, until there are as many as were asked for',
    async () => {
      const peers = CAPACITY_PEERS.filter(({ name }) => name === 'ws')
      const [row] = await measureCapacity({ step: 20, most: 40, peers }, silent)
      expect(row).toMatchObject({ stoppedBy: null, steps: [{ connections: 20 }, { connections: 40 }] })
      expect(row?.steps[0]?.rssBytes).toBeGreaterThan(1e6)
      expect(row?.steps[0]?.tcpBytes).toBeGreaterThanOrEqual(0)
    },
    START_TIMEOUT_MS,
  )
})

describe('append', () => {
  test(
    'what is acknowledged is stored, on every database, beside as many rows of the bare driver',
    async () => {
      const options = { databases: DATABASE_KINDS, senders: 8, conversations: [10], messages: 100, rounds: 1 }
      const rows = await measureAppend(options, silent)
      expect(rows.map(({ database, conversations }) => [database, conversations])).toEqual(
        DATABASE_KINDS.flatMap((database) => options.conversations.map((count) => [database, count])),
      )
      for (const { stored, acknowledged, rounds, label } of rows) {
        expect([label, stored]).toEqual([label, acknowledged])
        expect(rounds).toHaveLength(1)
      }
      expect(appendVerdicts(rows)).toHaveLength(2 * rows.length)
    },
    START_TIMEOUT_MS,
  )
})

describe('storm and jitter', () => {
  const common = { perSecond: 10, rounds: 1, profileDir: null }

  test(
    'everybody who was cut off is back in their room and has all that was said meanwhile, in order and once',
    async () => {
      const peers = RETURNING_PEERS.filter(({ kind }) => kind !== 'parley-rooms')
      const rows = await measureStorm({ ...common, peers, crowds: [{ people: 6, rooms: 2 }], calmSeconds: 0.5 }, silent)
      for (const { label, rounds } of rows) {
        expect(rounds, label).toMatchObject([{ clients: 6, losses: 6, recovered: 6, neverBack: 0, neverWhole: 0 }])
        expect(rounds, label).toMatchObject([{ unanswered: 0, again: 0, late: 0, problems: [] }])
        for (const { sent, expected, arrived } of rounds)
          expect([label, arrived, expected]).toEqual([label, sent * 3, sent * 3])
      }
      const verdicts = returnsVerdicts(rows, { headline: STORM_HEADLINE })
      expect(verdicts.map(({ target, reached }) => (target === 0 ? reached : null))).toEqual([true, true, null])
    },
    START_TIMEOUT_MS,
  )

  test(
    'who is cut again and again misses nothing either, and is late by the time of being away',
    async () => {
      const often = { everyMs: 1000, awayMs: 300, seconds: 1.5 }
      const peers = RETURNING_PEERS.filter(({ kind }) => kind === 'parley-rooms')
      const rows = await measureJitter({ ...common, peers, crowds: [{ people: 6, rooms: 1 }], ...often }, silent)
      const [round] = rows[0]?.rounds ?? []
      expect(round).toMatchObject({ neverBack: 0, neverWhole: 0, unanswered: 0, again: 0, late: 0, problems: [] })
      expect(round?.losses).toBeGreaterThanOrEqual(6)
      expect(round?.arrived).toBe(round?.expected)
      expect(round?.backMs.p50).toBeGreaterThanOrEqual(300)
      expect(round?.latencyMs.max).toBeGreaterThanOrEqual(300)
      expect(returnsVerdicts(rows, { headline: JITTER_HEADLINE }).map(({ reached }) => reached)).toEqual([true, true])
    },
    START_TIMEOUT_MS,
  )
})

describe('voice', () => {
  test(
    'everybody hears everybody through Janus, and both processes tell their CPU time',
    async () => {
      const rows = await measureVoice(
        { people: [3], rounds: 1, seconds: 2, idleSeconds: 0.1, warmUpSeconds: 0, profileDir: null },
        silent,
      )
      const [round] = rows[0]?.rounds ?? []
      // Three people, each heard by two, 50 packets a second.
      expect(round?.packetsPerSecond).toBeGreaterThan(200)
      expect(round?.packetsPerSecond).toBeLessThan(400)
      expect(round?.jitterP50Ms).toBeGreaterThan(0)
      expect(round?.roundTripP50Ms).toBeGreaterThan(0)
      expect(round?.janusShare).toBeGreaterThan(0)
      expect(voiceVerdicts(rows)).toMatchObject([{ target: 5, what: expect.stringContaining('3 people') }])
    },
    START_TIMEOUT_MS,
  )
})
