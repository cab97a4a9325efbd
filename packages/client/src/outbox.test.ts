import type { ErrorCode } from '@parley/protocol/constants'
import type { Message } from '@parley/protocol/messenger'
import { afterEach, expect, test, vi } from 'vitest'
import { createOutbox } from './outbox.ts'
import { createMemoryOutbox, createSessionOutbox } from './outbox-storage.ts'
import { ParleyError } from './parley-error.ts'
import { createFakeClock } from './testing/fake-clock.ts'
import type { UnsentMessage } from './types.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

const storedAs = ({ tempId, message }: UnsentMessage): Message => ({
  id: `id-${tempId}`,
  chatId: 'c1',
  tempId,
  seq: 1,
  rev: 1,
  senderId: 'u1',
  senderName: 'Ada',
  encryptedContent: message.content,
  messageType: 'text',
  createdAt: 0,
  reactions: {},
})

/** An outbox whose server is the test: `answer` and `refuse` settle the oldest send under way. */
function setUp(storage = createMemoryOutbox(), firstUserId: string | null = 'u1') {
  let userId = firstUserId
  const clock = createFakeClock()
  const sent: string[] = []
  const stored: string[] = []
  const underway: { readonly entry: UnsentMessage; readonly resolve: (m: Message) => void; reject(e: Error): void }[] =
    []
  let rejoins = 0
  const outbox = createOutbox({
    chatId: 'c1',
    clock,
    random: () => 0,
    storage,
    userId: () => userId,
    send(entry) {
      sent.push(entry.tempId)
      return new Promise((resolve, reject) => underway.push({ entry, resolve, reject }))
    },
    onStored(message) {
      stored.push(message.tempId ?? '')
      outbox.settle(message.tempId ?? '')
    },
    onChange: () => undefined,
    onNotJoined: () => {
      rejoins += 1
    },
  })
  const next = () => {
    const send = underway.shift()
    if (send === undefined) throw new Error('nothing is under way')
    return send
  }
  return {
    clock,
    sent,
    stored,
    outbox,
    setUserId: (next: string) => {
      userId = next
    },
    underway,
    add: (...tempIds: string[]) => {
      for (const tempId of tempIds) outbox.add(tempId, { content: tempId }, 0)
    },
    async answer() {
      const { entry, resolve } = next()
      resolve(storedAs(entry))
      await clock.advance(0)
    },
    async refuse(code: ErrorCode, retryAfterMs?: number) {
      next().reject(new ParleyError(code, 'no', retryAfterMs === undefined ? {} : { retryAfterMs }))
      await clock.advance(0)
    },
    statuses: () => outbox.entries().map(({ tempId, status }) => `${tempId} ${status}`),
    rejoins: () => rejoins,
  }
}

test('sends one at a time, in order, and only when in the chat', async () => {
  const { add, answer, outbox, sent, statuses, stored, underway } = setUp()
  add('a', 'b', 'c')
  expect(statuses()).toEqual(['a queued', 'b queued', 'c queued'])
  outbox.resume()
  expect(statuses()).toEqual(['a sending', 'b queued', 'c queued'])
  expect(underway).toHaveLength(1)
  await answer()
  expect(statuses()).toEqual(['b sending', 'c queued'])
  await answer()
  await answer()
  expect(sent).toEqual(['a', 'b', 'c'])
  expect(stored).toEqual(['a', 'b', 'c'])
  expect(outbox.entries()).toEqual([])
})

test('on a lost line the message under way waits and goes first again, with the same id', async () => {
  const { add, clock, outbox, refuse, sent, statuses } = setUp()
  outbox.resume()
  add('a', 'b')
  outbox.pause()
  await refuse('UNAVAILABLE')
  expect(statuses()).toEqual(['a queued', 'b queued'])
  await clock.advance(60_000)
  expect(sent).toEqual(['a'])
  outbox.resume()
  expect(sent).toEqual(['a', 'a'])
})

test('a server that is busy or limits us is asked again, in order, when it says', async () => {
  const { add, answer, clock, outbox, refuse, sent } = setUp()
  outbox.resume()
  add('a', 'b')
  await refuse('RATE_LIMITED', 7000)
  await clock.advance(6999)
  expect(sent).toEqual(['a'])
  await clock.advance(1)
  expect(sent).toEqual(['a', 'a'])
  await refuse('UNAVAILABLE')
  await clock.advance(20_000)
  expect(sent).toEqual(['a', 'a', 'a'])
  await answer()
  expect(sent).toEqual(['a', 'a', 'a', 'b'])
})

test('one that is refused does not hold up the others; it may be retried or discarded', async () => {
  const { add, answer, outbox, refuse, sent, statuses } = setUp()
  outbox.resume()
  add('a', 'b')
  await refuse('FORBIDDEN')
  expect(statuses()).toEqual(['a failed', 'b sending'])
  expect(outbox.entries()[0]?.error).toEqual({ code: 'FORBIDDEN', message: 'no' })
  outbox.discard('b')
  expect(statuses()).toEqual(['a failed', 'b sending'])
  await answer()
  outbox.retry('a')
  expect(outbox.entries()).toMatchObject([{ tempId: 'a', status: 'sending' }])
  expect(outbox.entries()[0]).not.toHaveProperty('error')
  await refuse('FORBIDDEN')
  outbox.discard('a')
  outbox.discard('a')
  expect(outbox.entries()).toEqual([])
  expect(sent).toEqual(['a', 'b', 'a'])
})

test('told that we are not in the chat, it waits for joining, but not for ever', async () => {
  const { add, outbox, refuse, rejoins, statuses } = setUp()
  outbox.resume()
  add('a')
  for (let time = 1; time <= 3; time += 1) {
    await refuse('NOT_IN_ROOM')
    expect(rejoins()).toBe(time)
    expect(statuses()).toEqual(['a queued'])
    outbox.resume()
  }
  await refuse('NOT_IN_ROOM')
  expect(statuses()).toEqual(['a failed'])
})

test('what the server would hang up on for its size is not sent', () => {
  const { outbox, sent } = setUp()
  outbox.resume()
  outbox.add('big', { content: 'é'.repeat(40_000) }, 0)
  outbox.add('meta', { content: 'x', metadata: { big: 'x'.repeat(9000) } }, 0)
  expect(outbox.entries().map(({ error }) => error?.code)).toEqual(['PAYLOAD_TOO_LARGE', 'PAYLOAD_TOO_LARGE'])
  expect(sent).toEqual([])
})

test('when the chat is over, what waits has failed for good', async () => {
  const { add, outbox, refuse, statuses } = setUp()
  outbox.resume()
  add('a', 'b')
  outbox.abandon({ code: 'ROOM_EXPIRED', message: 'over' })
  await refuse('UNAVAILABLE')
  outbox.retry('a')
  add('c')
  outbox.resume()
  expect(statuses()).toEqual(['a failed', 'b failed', 'c failed'])
})

test('a reload keeps what was not sent, and nothing else', async () => {
  const items = new Map<string, string>()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  })
  const before = setUp(createSessionOutbox())
  before.outbox.resume()
  before.add('a', 'b', 'c')
  await before.answer()
  await before.refuse('FORBIDDEN')
  const after = setUp(createSessionOutbox())
  expect(after.statuses()).toEqual(['b failed', 'c queued'])
  after.outbox.resume()
  await after.answer()
  after.outbox.discard('b')
  expect(after.stored).toEqual(['c'])
  expect(items.size).toBe(0)
})

test('storage that is off or holds nonsense is no obstacle', () => {
  expect(createSessionOutbox().load('c1', null)).toEqual([])
  createSessionOutbox().save('c1', [{ tempId: 'a', message: { content: 'a' }, createdAt: 0 }], null)
  for (const stored of ['{', '7', '[null, {"tempId": 1}]']) {
    vi.stubGlobal('sessionStorage', { getItem: () => stored })
    expect(createSessionOutbox().load('c1', null)).toEqual([])
  }
})

test('what an earlier page left goes out first, though it is read later; and only when it is known who we are', async () => {
  const left = Promise.withResolvers<readonly UnsentMessage[]>()
  const saved: string[][] = []
  const asked: (string | null)[] = []
  const { add, answer, clock, outbox, sent, setUserId, statuses } = setUp(
    {
      load(_chatId, userId) {
        asked.push(userId)
        return userId === null ? null : left.promise
      },
      save: (_chatId, messages) => void saved.push(messages.map(({ tempId }) => tempId)),
    },
    null,
  )
  add('new')
  setUserId('u1')
  outbox.resume()
  add('newer')
  await clock.advance(1000)
  expect(asked).toEqual([null, 'u1'])
  expect(sent).toEqual([])
  left.resolve(['old', 'new'].map((tempId) => ({ tempId, message: { content: tempId }, createdAt: 0 })))
  await clock.advance(0)
  expect(statuses()).toEqual(['old sending', 'new queued', 'newer queued'])
  await answer()
  await answer()
  await answer()
  expect(sent).toEqual(['old', 'new', 'newer'])
  expect(saved.at(-1)).toEqual([])
})

test('a closed handle saves no more, whatever is still answered, and the next one has what it left', async () => {
  const saved: string[][] = []
  const released: string[] = []
  const { add, answer, outbox, refuse, sent } = setUp({
    load: () => [],
    save: (_chatId, messages) => void saved.push(messages.map(({ tempId }) => tempId)),
    release: (chatId) => void released.push(chatId),
  })
  outbox.resume()
  add('a', 'b')
  outbox.close()
  expect([saved.at(-1), released]).toEqual([['a', 'b'], ['c1']])
  const before = saved.length
  await answer()
  await expect(refuse('UNAVAILABLE')).rejects.toThrow('nothing is under way')
  expect([sent, saved.length]).toEqual([['a'], before])
})

test('one that is closed before it is told what was left takes none of it', async () => {
  const left = Promise.withResolvers<readonly UnsentMessage[]>()
  const saved: string[][] = []
  const { clock, outbox, statuses } = setUp({
    load: () => left.promise,
    save: (_chatId, messages) => void saved.push(messages.map(({ tempId }) => tempId)),
  })
  outbox.close()
  left.resolve([{ tempId: 'old', message: { content: 'old' }, createdAt: 0 }])
  await clock.advance(0)
  expect([statuses(), saved]).toEqual([[], []])
})

test('what the timeline has already is not shown again, though it is left as unsent', async () => {
  const left = Promise.withResolvers<readonly UnsentMessage[]>()
  const saved: string[][] = []
  const { clock, outbox, sent, statuses } = setUp({
    load: () => left.promise,
    save: (_chatId, messages) => void saved.push(messages.map(({ tempId }) => tempId)),
  })
  outbox.settle('a')
  outbox.resume()
  left.resolve(['a', 'b'].map((tempId) => ({ tempId, message: { content: tempId }, createdAt: 0 })))
  await clock.advance(0)
  expect([statuses(), sent, saved[0]]).toEqual([['b sending'], ['b'], ['b']])
})

test('what is left behind comes before what was written until it was known who we are', async () => {
  const { add, outbox, setUserId, statuses } = setUp(
    {
      load: (_chatId, userId) =>
        userId === null ? null : [{ tempId: 'old', message: { content: 'old' }, createdAt: 0 }],
      save: () => undefined,
    },
    null,
  )
  add('new')
  setUserId('u1')
  outbox.resume()
  expect(statuses()).toEqual(['old sending', 'new queued'])
})
