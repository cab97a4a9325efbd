import { describe, expect, it } from 'vitest'
import type { ReceptionFigures } from '../rtp/reception.ts'
import type { VoiceParticipant } from '../voice/voice-wire.ts'
import { liveTable } from './live-table.ts'
import type { Measurement } from './measurement.ts'
import { type MonitorLog, overlapMs } from './monitor-log.ts'
import { monitorReport } from './report.ts'
import { createVoiceWatch } from './voice-watch.ts'

const participant = (userId: string, change: Partial<VoiceParticipant> = {}): VoiceParticipant => ({
  userId,
  name: userId.toUpperCase(),
  joinedAt: 0,
  muted: false,
  hardMuted: false,
  deafened: false,
  listenOnly: false,
  speaking: false,
  sources: ['mic'],
  legs: 1,
  hand: null,
  quality: 'unknown',
  ...change,
})

const figures = (change: Partial<ReceptionFigures>): ReceptionFigures => ({
  packetsReceived: 0,
  packetsLost: 0,
  bytesReceived: 0,
  jitterMs: 2,
  lastPacketAtMs: 0,
  level: null,
  ...change,
})

describe('watching', () => {
  function watchAnn() {
    const told: string[] = []
    const watch = createVoiceWatch({
      selfId: 'bot',
      onSpeaking: ({ userId }, isSpeaking) => told.push(`${userId} ${isSpeaking ? 'speaks' : 'ends'}`),
    })
    watch.setParticipants([participant('ann'), participant('bot')], 0)
    const say = (fromMs: number, toMs: number): void => {
      for (let atMs = fromMs; atMs < toMs; atMs += 20) {
        watch.hear({
          userId: 'ann',
          source: 'mic',
          sequence: 0,
          atMs,
          packet: {
            payloadType: 111,
            isMarked: false,
            sequenceNumber: 0,
            timestamp: 0,
            ssrc: 1,
            level: { belowFullDb: 20, isVoice: true },
            payload: new Uint8Array(),
          },
        })
      }
    }
    const measure = (nowMs: number, streams: Partial<ReceptionFigures>[]): Measurement =>
      watch.measure(
        {
          topology: 'sfu',
          isConnected: true,
          inbound: () => streams.map((stream) => ({ userId: 'ann', source: 'mic', ...figures(stream) })),
          uplinks: () => [{ userId: null, roundTripMs: 12, fractionLost: 0.5 }],
        },
        nowMs,
      )
    return { told, watch, say, measure }
  }

  it('tells who speaks, and adds up for how long', () => {
    const { told, watch, say, measure } = watchAnn()
    say(0, 1000)
    watch.tick(1000)
    expect(told).toEqual(['ann speaks'])
    watch.tick(1500)
    expect(told).toEqual(['ann speaks', 'ann ends'])
    say(2000, 3000)
    const [ann] = measure(3000, [{}]).people
    expect(ann).toMatchObject({ userId: 'ann', name: 'ANN', isSpeaking: true })
    expect(ann?.spokeMs).toBeCloseTo(2500, -2)
    expect(ann?.levelDb).toBeCloseTo(-20, 0)
    // Who leaves in the middle of a word has ended.
    watch.setParticipants([participant('bot')], 3000)
    expect(told.at(-1)).toBe('ann ends')
    expect(measure(4000, []).people).toEqual([])
  })

  it('counts loss since the measurement before, over legs that began anew', () => {
    const { measure } = watchAnn()
    const first = measure(1000, [{ packetsReceived: 50, packetsLost: 0, bytesReceived: 5000 }])
    expect(first).toMatchObject({ roundTripMs: 12, uplinkLoss: 0.5, people: [{ loss: 0, lost: 0, received: 50 }] })
    const second = measure(2000, [{ packetsReceived: 90, packetsLost: 10, bytesReceived: 9000 }])
    expect(second.people).toMatchObject([{ loss: 0.2, lost: 10, received: 90, bitsPerSecond: 32_000 }])
    expect(measure(3000, [{ packetsReceived: 90, packetsLost: 10 }]).people).toMatchObject([{ loss: null }])
    const anew = measure(4000, [{ packetsReceived: 20, packetsLost: 5 }])
    expect(anew.people).toMatchObject([{ loss: 0.2, lost: 15, received: 110 }])
  })
})

it('adds up the time in which two or more spoke at once', () => {
  const turn = (from: number, to: number) => ({ userId: 'x', from, to })
  expect(overlapMs([])).toBe(0)
  expect(overlapMs([turn(0, 10), turn(10, 20)])).toBe(0)
  expect(overlapMs([turn(0, 10), turn(5, 20), turn(7, 9), turn(19, 30)])).toBe(6)
})

const measurement: Measurement = {
  at: 2000,
  topology: 'sfu',
  isConnected: true,
  roundTripMs: 12.34,
  uplinkLoss: null,
  people: [
    {
      userId: 'ann',
      name: 'Ann with a name that is longer than a line',
      isMuted: false,
      isSpeaking: true,
      levelDb: -35,
      spokeMs: 65_000,
      loss: 0.021,
      lost: 5,
      received: 1000,
      jitterMs: 2.5,
      bitsPerSecond: 32_100,
    },
    {
      userId: 'ben',
      name: 'Ben',
      isMuted: true,
      isSpeaking: false,
      levelDb: null,
      spokeMs: 0,
      loss: null,
      lost: 0,
      received: 0,
      jitterMs: null,
      bitsPerSecond: 0,
    },
  ],
}

it('draws a table that fits a terminal', () => {
  const lines = liveTable('Stand-up', measurement)
  expect(lines).toEqual([
    'Stand-up · through a media server · round trip 12 ms · lost on the way out –',
    '',
    '  name                   level        dB  spoke     loss   jitter  kbit/s',
    '▶ Ann with a name that … █████·····  -35   1:05    2.1 %   2.5 ms      32',
    '✕ Ben                    ··········    –   0:00        –        –       0',
    '',
    '▶ speaks   ✕ muted   loss and kbit/s: of the last second',
  ])
  expect(liveTable('Stand-up', { ...measurement, people: [] }).at(-1)).toBe('Nobody else is in voice.')
})

describe('the report', () => {
  const log: MonitorLog = {
    roomName: 'A <b>room</b>',
    startedAt: 0,
    endedAt: 60_000,
    names: new Map([
      ['ann', 'Ann "&" <script>alert(1)</script>'],
      ['ben', 'Ben'],
    ]),
    measurements: Array.from({ length: 1000 }, (_, index) => ({ ...measurement, at: index * 60 })),
    turns: [
      { userId: 'ann', from: 0, to: 20_000 },
      { userId: 'ben', from: 15_000, to: 30_000 },
      { userId: 'ann', from: 40_000, to: 50_000 },
    ],
    rejoins: 1,
  }

  it('says who spoke for how long and how each was heard', () => {
    const page = monitorReport(log)
    expect(page).toContain('1:00 minutes · two or more spoke at once for 0:05 · the bot’s media began anew once.')
    expect(page).toMatch(/Ann.*<td>0:30<\/td><td>2<\/td><td>0\.5 %<\/td><td>2\.5 ms<\/td><td>1000<\/td>/)
    expect(page.match(/<svg/g)).toHaveLength(6)
    expect(page.match(/<rect/g)).toHaveLength(3)
  })

  it('is a page of its own: nothing is loaded, nothing runs, and names are text', () => {
    const page = monitorReport(log)
    expect(page).not.toMatch(/<script|<b>|https?:|@import|url\(/)
    expect(page).toContain('Ann &quot;&amp;&quot; &lt;script&gt;')
  })

  it('draws a long time with as many points as can be told apart', () => {
    const [, level = ''] = /Level, dB.*?<path d="([^"]*)"/s.exec(monitorReport(log)) ?? []
    expect(level.match(/[ML]/g)?.length).toBeLessThanOrEqual(450)
  })

  it('says so when nobody was there', () => {
    const page = monitorReport({ ...log, names: new Map(), measurements: [], turns: [] })
    expect(page).toContain('Nobody else was in voice.')
    expect(page).not.toContain('NaN')
  })
})
