import { describe, expect, test } from 'vitest'
import { DATABASE_KINDS } from './append/database.ts'
import { measureAppend } from './append.ts'
import { measureConnections } from './connections.ts'
import { measureFanout } from './fanout.ts'
import { ALL_PEERS, peersNamed } from './peers/all-peers.ts'
import { appendVerdicts } from './report/append-report.ts'
import { fanoutVerdicts } from './report/fanout-report.ts'
import { voiceVerdicts } from './report/voice-report.ts'
import { measureVoice } from './voice.ts'

const silent = (): void => undefined
const START_TIMEOUT_MS = 120_000

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
      expect(targets).toEqual(
        expect.arrayContaining([
          'Parley, messenger wire / bare Socket.IO, 5 people',
          'Parley, rooms wire / bare ws, 5 people',
        ]),
      )
    },
    START_TIMEOUT_MS,
  )
})

describe('connections', () => {
  test(
    'every server that can be asked tells its memory, Parley also with people in rooms',
    async () => {
      const rows = await measureConnections(
        { connections: 60, rounds: 1, settleMs: 10, peers: ALL_PEERS, profileDir: null },
        silent,
      )
      expect(rows.map(({ peer, idle, joined }) => [peer, idle.length, joined.length])).toEqual([
        ['parley-messenger', 1, 1],
        ['socket-io', 1, 0],
        ['parley-rooms', 1, 1],
        ['ws', 1, 0],
      ])
      for (const { idle } of rows) expect(idle[0]?.rssBytes).toBeTypeOf('number')
    },
    START_TIMEOUT_MS,
  )
})

describe('append', () => {
  test(
    'what is acknowledged is stored, on every database, beside as many rows of the bare driver',
    async () => {
      const options = { databases: DATABASE_KINDS, senders: 8, conversations: [1, 10], messages: 200, rounds: 1 }
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
