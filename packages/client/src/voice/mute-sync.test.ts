import { expect, test } from 'vitest'
import { ParleyError } from '../parley-error.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createMuteSync } from './mute-sync.ts'

function setUp() {
  const clock = createFakeClock()
  const own = { muted: false, deafened: false }
  const sent: { muted: boolean; answer: () => void; refuse: () => void }[] = []
  let forced = 0
  const sync = createMuteSync({
    clock,
    random: () => 0.5,
    own: () => own,
    send: ({ muted }) =>
      new Promise<void>((resolve, reject) => {
        sent.push({ muted, answer: resolve, refuse: () => reject(new ParleyError('UNAVAILABLE', 'Not now.')) })
      }),
    onMuted() {
      forced += 1
      own.muted = true
    },
  })
  return { clock, own, sent, sync, forced: () => forced }
}

test('whom a moderator mutes is muted', () => {
  const { forced, own, sync } = setUp()
  sync.hear(true)
  expect(forced()).toBe(1)
  expect(own.muted).toBe(true)
})

test('our unmuting is not undone by a state from before it', async () => {
  const { clock, forced, own, sent, sync } = setUp()
  own.muted = true
  sync.hear(true)
  own.muted = false
  sync.tell()
  sync.hear(true)
  sent[0]?.answer()
  await clock.advance(10)
  sync.hear(true)
  sync.hear(false)
  await clock.advance(1000)
  expect(forced()).toBe(0)
})

test('a moderator who mutes us while we unmute has the last word', async () => {
  const { clock, forced, own, sent, sync } = setUp()
  own.muted = false
  sync.tell()
  sync.hear(true)
  sent[0]?.answer()
  await clock.advance(1000)
  expect(forced()).toBe(1)
})

test('what the server can not take for the moment it is told again, as it is by then', async () => {
  const { clock, forced, own, sent, sync } = setUp()
  own.muted = true
  sync.hear(true)
  own.muted = false
  sync.tell()
  sent[0]?.refuse()
  await clock.advance(600)
  sync.hear(true)
  await clock.advance(60_000)
  expect(sent.map(({ muted }) => muted)).toEqual([false, false])
  own.muted = true
  sync.tell()
  sent[1]?.refuse()
  sent[2]?.answer()
  await clock.advance(1000)
  expect(sent.at(-1)?.muted).toBe(true)
  expect(forced()).toBe(0)
})

test('who has left says nothing more', async () => {
  const { clock, own, sent, sync } = setUp()
  own.muted = true
  sync.tell()
  sync.stop()
  sent[0]?.refuse()
  await clock.advance(60_000)
  expect(sent).toHaveLength(1)
})
