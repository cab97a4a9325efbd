import { sampleMessage, storeGroup } from '@parley/testkit/contracts'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { createConversationReader } from './conversation-reader.ts'
import { createGroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
import { createSqlConversationStore } from './sql-conversation-store.ts'

const TIMEOUT_MS = 60_000

describeOnEachDatabase('a crowd that says all that fits into a message', (openTestDatabase) => {
  test('is heard, also in what takes more room when it is written down', { timeout: TIMEOUT_MS }, async () => {
    await using testDatabase = await openTestDatabase()
    await using database = await openDatabase(testDatabase.url, '.')
    const store = createSqlConversationStore(database, createGroupCommit(database), createConversationReader(database))
    const { id } = await storeGroup(store, ['ann'])
    const [content, metadata] = ["\\'".repeat(32 * 1024), { quotes: '\\"'.repeat(2000) }]
    const sent = await Promise.all(
      Array.from({ length: 256 }, (_, n) =>
        store.append(id, { type: 'send', message: sampleMessage(id, { clientId: `${n}`, content, metadata }) }),
      ),
    )
    expect(sent.filter(({ status }) => status !== 'appended')).toEqual([])
  })
})
