import { describeOnEachDatabase, type TestDatabase } from '@parley/testkit/services'
import type { CompiledQuery, KyselyPlugin } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGroupCommit } from './group-commit.ts'
import { fillLargeSite, LARGE_SITE } from './large-site-fixture.ts'
import { openDatabase, type SqlDatabase } from './open-database.ts'
import { createSqlDeadlineStore } from './sql-deadline-store.ts'
import { createSqlInboxStore } from './sql-inbox-store.ts'
import { createSqlNotificationStore } from './sql-notification-store.ts'
import { createSqlReceiptStore } from './sql-receipt-store.ts'
import { createSqlUserStore } from './sql-user-store.ts'

const FILLING_MS = 120_000
const { busiest, largest, messages } = LARGE_SITE

/** Everything that these people ask, on a site with 100,000 conversations and a million messages in one. */
describeOnEachDatabase('what people ask of a large site', (openTestDatabase) => {
  let testDatabase: TestDatabase
  let database: SqlDatabase
  beforeAll(async () => {
    testDatabase = await openTestDatabase()
    // To fill it takes longer than any call may in earnest.
    database = await openDatabase(testDatabase.url, '.', { poolSize: 1, callTimeoutMs: FILLING_MS })
    await fillLargeSite(database)
  }, FILLING_MS)
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]()
    await testDatabase?.[Symbol.asyncDispose]()
  })

  test('is found by indexes', async () => {
    const { recorded, queries } = recordQueries(database)
    const inbox = createSqlInboxStore(recorded)
    const { listings } = await inbox.list(busiest, { limit: 50 })
    const last = listings.at(-1)
    if (last === undefined) throw new Error('the list is empty')
    await inbox.list(busiest, { limit: 50, before: { activeAt: last.activeAt, id: last.conversation.id } })
    expect(await inbox.unread(busiest)).toEqual(new Map([[largest, 999]]))
    expect(await inbox.conversationIds(busiest)).toHaveLength(LARGE_SITE.busiestIn)
    await inbox.contacts(busiest, 100)
    await inbox.sharing(busiest, ['u-1', 'u-2', 'u-3'])
    for (const behind of [5, 500_000]) {
      const answer = await inbox.changes(busiest, (messages - behind).toString(36), 100)
      expect(answer?.items).toHaveLength(Math.min(behind, 100))
      if (answer?.hasMore) await inbox.changes(busiest, answer.cursor, 100)
    }
    const receipts = createSqlReceiptStore(recorded, createGroupCommit(recorded))
    await receipts.advance(largest, busiest, { read: messages }, 1)
    await receipts.cursors(largest)
    const notifications = createSqlNotificationStore(recorded)
    await notifications.pending(busiest, 10)
    await notifications.clear(busiest, { conversationId: largest, upTo: messages })
    const users = createSqlUserStore(recorded)
    await users.get([busiest, 'u-1'])
    await users.everIn(busiest)
    const deadlines = createSqlDeadlineStore(recorded)
    await deadlines.claim(1, 1, 10)
    await deadlines.next()

    expect(queries.length).toBeGreaterThan(20)
    const unindexed = await database.read((db) =>
      database.dialect.fullScans(db, db.selectFrom('messages').select('id').where('content', '=', 'x').compile()),
    )
    expect(unindexed).toEqual(['messages'])
    for (const query of queries) {
      const scanned = await database.read((db) => database.dialect.fullScans(db, query))
      // Empty tables are read whole by whoever likes.
      expect({ sql: query.sql, scanned: scanned.filter((table) => FILLED.has(table)) }).toEqual({
        sql: query.sql,
        scanned: [],
      })
    }
  })
})

const FILLED: ReadonlySet<string> = new Set(['conversations', 'memberships', 'others', 'messages'])

/** The same database, and the queries that are asked of it. */
function recordQueries(database: SqlDatabase) {
  const queries: CompiledQuery[] = []
  const recorderOf = (executor: { compileQuery(node: never, id: never): CompiledQuery }): KyselyPlugin => ({
    transformQuery({ node, queryId }) {
      if (node.kind !== 'InsertQueryNode') queries.push(executor.compileQuery(node as never, queryId as never))
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const recorded: SqlDatabase = {
    ...database,
    read: (run) => database.read((db) => run(db.withPlugin(recorderOf(db.getExecutor())))),
    write: (run) => database.write((trx) => run(trx.withPlugin(recorderOf(trx.getExecutor())) as typeof trx)),
  }
  return { recorded, queries }
}
