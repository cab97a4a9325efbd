import { randomUUID } from 'node:crypto'
import type { Published } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { BusEnds, Open } from './open-stores.ts'

function offline(conversationId: string, userId: string): Published {
  return {
    event: { type: 'presence.changed', conversationId, at: 0, userId, online: false },
    audience: { kind: 'topic' },
    exceptSession: null,
  }
}

/** What every `EventBus` promises. */
export function describeEventBus(name: string, open: Open<BusEnds>): void {
  describe(`${name}: the bus`, () => {
    test('carries an event whole to every listener of its conversation, and to no other', async () => {
      await using bus = await open()
      const [id, otherId] = [randomUUID(), randomUUID()]
      const heard: [string, Published][] = []
      bus.subscriber.subscribe(id, (published) => heard.push(['one', published]))
      bus.subscriber.subscribe(id, (published) => heard.push(['two', published]))
      bus.subscriber.subscribe(otherId, (published) => heard.push(['other', published]))
      await bus.settle()
      const published: Published = {
        event: { type: 'lobby.knocked', conversationId: id, at: 17, userId: 'bob', name: 'Bob 🚀' },
        audience: { kind: 'user', userId: 'ann' },
        exceptSession: 'session-1',
      }
      bus.publisher.publish(published)
      await bus.settle()
      expect(heard).toEqual([
        ['one', published],
        ['two', published],
      ])
    })

    test('keeps the order of what is published', async () => {
      await using bus = await open()
      const id = randomUUID()
      const heard: Published[] = []
      bus.subscriber.subscribe(id, (published) => heard.push(published))
      await bus.settle()
      const published = Array.from({ length: 200 }, (_, i) => offline(id, `user-${i}`))
      for (const one of published) bus.publisher.publish(one)
      await bus.settle()
      expect(heard).toEqual(published)
    })

    test('is silent after the subscription has ended, for that subscription only', async () => {
      await using bus = await open()
      const id = randomUUID()
      const heard: Published[] = []
      const listen = (published: Published) => heard.push(published)
      const end = bus.subscriber.subscribe(id, listen)
      bus.subscriber.subscribe(id, listen)
      await bus.settle()
      end()
      end()
      await bus.settle()
      bus.publisher.publish(offline(id, 'ann'))
      await bus.settle()
      expect(heard).toHaveLength(1)
    })

    test('a listener may end its subscription, and start another, while it is being called', async () => {
      await using bus = await open()
      const id = randomUUID()
      const heard: string[] = []
      const end = bus.subscriber.subscribe(id, () => {
        heard.push('once')
        end()
        bus.subscriber.subscribe(id, () => heard.push('later'))
      })
      await bus.settle()
      bus.publisher.publish(offline(id, 'ann'))
      await bus.settle()
      heard.length = 0
      bus.publisher.publish(offline(id, 'ann'))
      await bus.settle()
      expect(heard).toEqual(['later'])
    })

    test('a listener that throws holds up neither the others nor whoever publishes', async () => {
      await using bus = await open()
      const id = randomUUID()
      const heard: Published[] = []
      const failure = new Error('cannot cope')
      bus.subscriber.subscribe(id, () => {
        throw failure
      })
      bus.subscriber.subscribe(id, (published) => heard.push(published))
      await bus.settle()
      bus.publisher.publish(offline(id, 'ann'))
      await bus.settle()
      expect(heard).toHaveLength(1)
      expect(bus.failures).toEqual([failure])
    })
  })
}
