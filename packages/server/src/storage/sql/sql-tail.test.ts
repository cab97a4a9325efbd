import { mustSend, storeGroup } from '@parley/testkit/contracts'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { createConversationReader } from './conversation-reader.ts'
import { createGroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
import { createSqlConversationStore } from './sql-conversation-store.ts'
import { createSqlTail } from './sql-tail.ts'

const fail = (error: unknown): never => {
  throw error
}

describeOnEachDatabase('following what other processes write', (openTestDatabase) => {
  async function openProcess(url: string) {
    await using opening = new AsyncDisposableStack()
    const database = opening.use(await openDatabase(url, '.'))
    const commits = createGroupCommit(database)
    const tail = opening.use(createSqlTail(database, commits, fail))
    const told: (readonly [string, number | null])[] = []
    tail.onAdvanced((id, upTo) => told.push([id, upTo]))
    const opened = opening.move()
    return {
      conversations: createSqlConversationStore(database, commits, createConversationReader(database)),
      tail,
      told,
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  }

  test('tells which conversations moved and how far, and nothing of one’s own', async () => {
    await using testDatabase = await openTestDatabase()
    await using writer = await openProcess(testDatabase.url)
    await using reader = await openProcess(testDatabase.url)
    const [one, other] = await Promise.all([
      storeGroup(writer.conversations, ['ann']),
      storeGroup(writer.conversations, ['ann']),
    ])
    await writer.tail.start()
    await reader.tail.start()
    for (let n = 0; n < 7; n += 1) await mustSend(writer.conversations, one.id)
    await mustSend(writer.conversations, other.id)
    await expect
      .poll(() => new Map(reader.told))
      .toEqual(
        new Map([
          [one.id, 7],
          [other.id, 1],
        ]),
      )
    await mustSend(reader.conversations, other.id)
    await expect.poll(() => writer.told).toEqual([[other.id, 2]])
    expect(reader.told).not.toContainEqual([other.id, 2])
  })

  test('tells of a conversation that was removed, also when another one has its id by then', async () => {
    await using testDatabase = await openTestDatabase()
    await using writer = await openProcess(testDatabase.url)
    const { id } = await storeGroup(writer.conversations, ['ann'])
    await using reader = await openProcess(testDatabase.url)
    await reader.tail.start()
    await mustSend(writer.conversations, id)
    await writer.conversations.delete(id)
    await storeGroup(writer.conversations, ['bob'], { id })
    await mustSend(writer.conversations, id, { senderId: 'bob' })
    await expect.poll(() => reader.told).toContainEqual([id, null])
  })

  test('goes on from where it was, with what came before it looked', async () => {
    await using testDatabase = await openTestDatabase()
    await using writer = await openProcess(testDatabase.url)
    const { id } = await storeGroup(writer.conversations, ['ann'])
    await mustSend(writer.conversations, id)
    await using reader = await openProcess(testDatabase.url)
    await reader.tail.start()
    expect(reader.told).toEqual([])
    await mustSend(writer.conversations, id)
    await expect.poll(() => reader.told.at(-1)).toEqual([id, 2])
  })
})
