import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createMuteSync } from './mute-sync.ts'

function setUp() {
  const clock = createFakeClock()
  const own = { muted: false, deafened: false }
  const sent: { answer: () => void }[] = []
  let forced = 0
  const sync = createMuteSync({
    clock,
    own: () => own,
    send: () => new Promise<void>((resolve) => sent.push({ answer: resolve })),
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
