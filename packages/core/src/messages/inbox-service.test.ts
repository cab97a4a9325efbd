import type { EventBus } from '@parley/core'
import { createTestCore, inviteeOf, personOf, type TestCore } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const ann = personOf('ann')
const bob = personOf('bob')
const WAIT_MS = 25_000

/** Somebody who asks again and again. */
function pollerOf(core: TestCore, userId: string) {
  let cursor: string | null = null
  return {
    async poll(waitMs = 0, signal: AbortSignal = new AbortController().signal) {
      const answer = await core.poll(personOf(userId), { cursor, waitMs, signal })
      ;({ cursor } = answer)
      return answer.items.map((item) => item.type)
    },
  }
}

/** A core that counts who listens to its bus. */
function createListenedCore() {
  const core = createTestCore()
  let listeners = 0
  const counted = (stop: () => void) => {
    listeners += 1
    return () => {
      listeners -= 1
      stop()
    }
  }
  const { bus } = core.ports
  const listened: EventBus = {
    ...bus,
    subscribe: (...input) => counted(bus.subscribe(...input)),
    subscribeUser: (...input) => counted(bus.subscribeUser(...input)),
  }
  return {
    core: { ...createTestCore({}, { ...core.ports, bus: listened }), clock: core.clock },
    listeners: () => listeners,
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('asking for what is new', () => {
  test('begins at now, and answers at once when there is something', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    const { message } = await core.say('ann', id, 'before')
    const poller = pollerOf(core, 'bob')
    expect(await poller.poll(WAIT_MS)).toEqual([])
    await core.say('ann', id, 'after')
    await core.markRead(bob, { conversationId: id, messageId: message.id })
    expect(await poller.poll(WAIT_MS)).toEqual(['message.sent', 'receipt.moved'])
    expect(await poller.poll()).toEqual([])
  })

  test('waits until something comes', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    const poller = pollerOf(core, 'bob')
    await poller.poll()
    const answer = poller.poll(WAIT_MS)
    await settle()
    await core.typing(ann, { conversationId: id, isTyping: true })
    await core.say('ann', await core.openGroup(['ann']), 'to nobody')
    await settle()
    await core.clock.advance(WAIT_MS - 1)
    await core.say('ann', id, 'hello')
    expect(await answer).toEqual(['message.sent'])
  })

  test('hears of conversations that one is added to while waiting, and of one’s own removal', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann'])
    const poller = pollerOf(core, 'bob')
    await poller.poll()
    const added = poller.poll(WAIT_MS)
    await settle()
    await core.addMembers(ann, id, [inviteeOf('bob')])
    expect(await added).toEqual(['member.joined'])
    const removed = poller.poll(WAIT_MS)
    await settle()
    await core.removeMember(ann, id, 'bob')
    await core.say('ann', id, 'without bob')
    expect(await removed).toEqual(['member.left'])
    expect(await poller.poll()).toEqual([])
    const madeNow = poller.poll(WAIT_MS)
    await settle()
    const direct = await core.openDirect('ann', 'bob')
    expect(await madeNow).toEqual(['conversation.added'])
    await core.say('ann', direct, 'hello')
    expect(await poller.poll()).toEqual(['message.sent'])
  })

  test('hears of what another process wrote', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    const elsewhere = createTestCore({}, { ...core.ports, bus: createTestCore().ports.bus })
    const poller = pollerOf(core, 'bob')
    await poller.poll()
    const answer = poller.poll(WAIT_MS)
    await settle()
    await elsewhere.say('ann', id, 'hello')
    await settle()
    core.ports.bus.publish({
      event: { type: 'conversation.advanced', conversationId: id, at: core.clock.now(), upTo: 1 },
      audience: { kind: 'topic' },
      exceptSession: null,
    })
    expect(await answer).toEqual(['message.sent'])
  })

  test('gives up after the time that one waits, or when nobody waits any more, and leaves nothing behind', async () => {
    const { core, listeners } = createListenedCore()
    await core.openGroup(['ann', 'bob'])
    const poller = pollerOf(core, 'bob')
    await poller.poll()
    const timed = poller.poll(WAIT_MS)
    await settle()
    expect(listeners()).toBe(2)
    await core.clock.advance(WAIT_MS)
    expect(await timed).toEqual([])
    expect(listeners()).toBe(0)

    const nobody = new AbortController()
    const aborted = poller.poll(WAIT_MS, nobody.signal)
    await settle()
    expect(listeners()).toBe(2)
    nobody.abort()
    expect(await aborted).toEqual([])
    expect(listeners()).toBe(0)
    expect(await poller.poll(WAIT_MS, nobody.signal)).toEqual([])
    expect(listeners()).toBe(0)
  })

  test('leaves nothing behind when the store goes away meanwhile', async () => {
    const { core, listeners } = createListenedCore()
    const id = await core.openGroup(['ann', 'bob'])
    let isAway = false
    const { inbox } = core.ports
    const fails = createTestCore(
      {},
      {
        ...core.ports,
        inbox: {
          ...inbox,
          changes: (...input) => (isAway ? Promise.reject(new Error('the store is away')) : inbox.changes(...input)),
        },
      },
    )
    const poller = pollerOf(fails, 'bob')
    await poller.poll()
    const answer = poller.poll(WAIT_MS)
    await settle()
    isAway = true
    const failed = expect(answer).rejects.toThrow('the store is away')
    await fails.say('ann', id, 'hello')
    await failed
    expect(listeners()).toBe(0)
  })

  test('with a cursor that is none is refused', async () => {
    const core = createTestCore()
    const input = { cursor: 'nonsense!', waitMs: 0, signal: new AbortController().signal }
    await expect(core.poll(bob, input)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  test('loses and doubles nothing, however it falls', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    const seen: number[] = []
    let cursor: string | null = null
    const never = new AbortController().signal
    ;({ cursor } = await core.poll(bob, { cursor, waitMs: 0, signal: never }))
    const polling = (async () => {
      while (seen.length < 600) {
        const answer: Awaited<ReturnType<TestCore['poll']>> = await core.poll(bob, {
          cursor,
          waitMs: WAIT_MS,
          signal: never,
        })
        ;({ cursor } = answer)
        for (const item of answer.items) if ('rev' in item) seen.push(item.rev)
      }
    })()
    for (let n = 0; n < 200; n += 1) {
      await Promise.all([core.say('ann', id, 'a'), core.say('bob', id, 'b'), core.say('ann', id, 'c')])
      if (n % 7 === 0) await settle()
    }
    await polling
    expect(seen).toEqual(Array.from({ length: 600 }, (_, n) => n + 1))
  })
})
