import { expect, test } from 'vitest'
import { ParleyError } from './parley-error.ts'
import { createReceiptSender } from './receipt-sender.ts'
import { createFakeClock } from './testing/fake-clock.ts'

function setUp() {
  const clock = createFakeClock()
  const sent: string[] = []
  const refusals: ParleyError[] = []
  const sender = createReceiptSender({
    clock,
    async send(event, { chatId, messageId }) {
      sent.push(`${event.replace('message:', '')} ${chatId} ${messageId}`)
      const refusal = refusals.shift()
      if (refusal !== undefined) throw refusal
    },
  })
  const mark = (kind: 'delivered' | 'read', chatId: string, seq: number): void =>
    sender.mark(kind, { chatId, messageId: `m${seq}`, seq })
  return { clock, sent, refusals, sender, mark }
}

test('of many marks of a chat only the last is told, and being read says delivered too', async () => {
  const { clock, mark, sender, sent } = setUp()
  sender.resume()
  for (let seq = 1; seq <= 20; seq += 1) mark('delivered', 'a', seq)
  mark('delivered', 'b', 7)
  mark('read', 'b', 8)
  await clock.advance(200)
  expect(sent.sort()).toEqual(['delivered a m20', 'read b m8'])
})

test('however many chats and messages, fewer than 100 of each kind go out in 60 s', async () => {
  const { clock, mark, sender, sent } = setUp()
  sender.resume()
  for (let second = 0; second < 60; second += 1) {
    for (let chat = 0; chat < 20; chat += 1) mark('delivered', `c${chat}`, second + 1)
    await clock.advance(1000)
  }
  expect(sent.length).toBeGreaterThan(60)
  expect(sent.length).toBeLessThan(100)
  await clock.advance(60_000)
  for (let chat = 0; chat < 20; chat += 1) expect(sent).toContain(`delivered c${chat} m60`)
})

test('what cannot be told now is told later, and what is refused is let go', async () => {
  const { clock, mark, refusals, sender, sent } = setUp()
  mark('read', 'a', 1)
  await clock.advance(60_000)
  expect(sent).toEqual([])
  refusals.push(new ParleyError('RATE_LIMITED', 'slow down', { retryAfterMs: 9000 }))
  sender.resume()
  await clock.advance(9000)
  mark('read', 'a', 2)
  expect(sent).toEqual(['read a m1'])
  await clock.advance(1000)
  expect(sent).toEqual(['read a m1', 'read a m2'])
  refusals.push(new ParleyError('MESSAGE_NOT_FOUND', 'gone'))
  mark('read', 'a', 3)
  await clock.advance(60_000)
  expect(sent).toHaveLength(3)
  expect(clock.pending).toBe(0)
})

test('what was read is told when the server is back, however long it was away', async () => {
  const { clock, mark, refusals, sender, sent } = setUp()
  refusals.push(...Array.from({ length: 40 }, () => new ParleyError('UNAVAILABLE', 'away')))
  sender.resume()
  mark('read', 'a', 1)
  await clock.advance(15 * 60_000)
  expect(sent).toHaveLength(41)
  expect(clock.pending).toBe(0)
})

test('whoever stays outside tells no more', async () => {
  const { clock, mark, refusals, sender, sent } = setUp()
  refusals.push(...Array.from({ length: 40 }, () => new ParleyError('NOT_IN_ROOM', 'no member')))
  sender.resume()
  mark('read', 'a', 1)
  await clock.advance(10 * 60_000)
  expect(sent).toHaveLength(6)
  expect(clock.pending).toBe(0)
})
