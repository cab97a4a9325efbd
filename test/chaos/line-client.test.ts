import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { LineEnded } from '../clients/line-ended.ts'
import { createLineClient } from './line-client.ts'
import { type Line, Refused } from './lines/line.ts'
import { createRecorder } from './recorder.ts'

it('waits with what it has to send when its line has ended, and others get their turn', async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let tries = 0
  const line: Line = {
    ended,
    async join(conversationId, _since, onEntered) {
      // It goes on asking to be let into the other one, and so does not put its line aside at once.
      if (conversationId === 'shut') throw new Refused('join', { code: 'UNAVAILABLE', message: 'Not now.' })
      onEntered({ epoch: 'one', rev: 0, recovered: false, missed: [] })
    },
    async say() {
      end()
      tries += 1
      // Whoever never waits would never come out of this test either.
      throw tries > 100 ? new Error('asked all the time') : new LineEnded('it is over')
    },
    leave: null,
    edit: null,
    remove: null,
    react: async () => undefined,
    speak: null,
    [Symbol.dispose]: () => undefined,
  }
  const recorder = createRecorder(
    { client: 'ann', userId: 'ann', way: 'test' },
    () => 0,
    (_id, change) => change,
  )
  const seat = { name: 'ann', userId: 'ann', token: '', url: '', conversationIds: ['open', 'shut'] }
  await using client = createLineClient(seat, 'test', async () => line, recorder)
  void client.start()
  client.say('open')
  await expect.poll(() => tries).toBeGreaterThan(0)
  await pause(30)
  expect(tries).toBeLessThan(5)
})
