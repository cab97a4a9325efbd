import type { Addressed, EphemeralEvent, Published } from '@parley/core'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { createMemoryBus } from '../../bus/memory-bus.ts'
import { createRelayedBus } from '../../bus/relayed-bus.ts'
import { createGroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
import { createSqlRelay } from './sql-relay.ts'
import { createSqlTail } from './sql-tail.ts'

const NOW = Date.UTC(2030, 0, 1)
const MINUTE_MS = 60_000
const fail = (error: unknown): never => {
  throw error
}

describeOnEachDatabase('the relay between processes', (openTestDatabase) => {
  async function openProcess(url: string) {
    await using opening = new AsyncDisposableStack()
    const database = opening.use(await openDatabase(url, '.'))
    const commits = createGroupCommit(database)
    const tail = opening.use(createSqlTail(database, commits, fail))
    const relay = createSqlRelay(commits, tail, fail)
    const bus = createMemoryBus(fail)
    const heard: Addressed[] = []
    const told: Published[] = []
    bus.subscribeUser('ann', (addressed) => heard.push(addressed))
    bus.subscribe('harbour', (published) => told.push(published))
    relay.onPosted(bus)
    await tail.start()
    const opened = opening.move()
    return {
      database,
      heard,
      told,
      bus: createRelayedBus(bus, relay.post),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  }

  const cleared = (id: string, at: number): Addressed => ({
    event: { type: 'notification.cleared', at, ids: [id] },
    userIds: ['ann', 'bob'],
    onlySession: null,
    exceptSession: 'session-1',
  })

  test('brings what is addressed to people to the others, once and in order, and soon forgets it', async () => {
    await using testDatabase = await openTestDatabase()
    await using one = await openProcess(testDatabase.url)
    await using other = await openProcess(testDatabase.url)
    const sent = Array.from({ length: 20 }, (_, index) => cleared(`ä-${index}`, NOW))
    for (const addressed of sent) one.bus.publishToUsers(addressed)
    await expect.poll(() => other.heard.length).toBe(sent.length)
    const late = cleared('late', NOW + MINUTE_MS + 1)
    one.bus.publishToUsers(late)
    await expect.poll(() => other.heard.length).toBe(sent.length + 1)
    expect(other.heard).toEqual([...sent, late])
    expect(one.heard).toEqual([...sent, late])
    const kept = await one.database.read((db) => db.selectFrom('relay').select('payload').execute())
    expect(kept.map(({ payload }) => JSON.parse(payload))).toEqual([late])
  })

  test('brings how far members have got, and nothing that the store knows', async () => {
    await using testDatabase = await openTestDatabase()
    await using one = await openProcess(testDatabase.url)
    await using other = await openProcess(testDatabase.url)
    const publish = (event: EphemeralEvent): Published => {
      const published: Published = { event, audience: { kind: 'topic' }, exceptSession: null }
      one.bus.publish(published)
      return published
    }
    const inHarbour = { conversationId: 'harbour', at: NOW }
    publish({ ...inHarbour, type: 'conversation.advanced', upTo: 7 })
    const moved = {
      ...inHarbour,
      type: 'receipt.moved',
      userId: 'bob',
      messageId: 'm',
      clientId: null,
      seq: 7,
    } as const
    const sent = [publish({ ...moved, kind: 'delivered' }), publish({ ...moved, kind: 'read' })]
    await expect.poll(() => other.told).toEqual(sent)
  })
})
