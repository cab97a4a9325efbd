import { describeOnEachDatabase, type TestDatabase } from '@parley/testkit/services'
import type { CompiledQuery, Kysely, KyselyPlugin } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createConversationReader } from './conversation-reader.ts'
import { createGroupCommit } from './group-commit.ts'
import { fillLargeSite, LARGE_SITE } from './large-site-fixture.ts'
import { openDatabase, type SqlDatabase } from './open-database.ts'
import type { Tables } from './schema.ts'
import { createSqlConversationStore } from './sql-conversation-store.ts'
import { createSqlDeadlineStore } from './sql-deadline-store.ts'
import { createSqlInboxStore } from './sql-inbox-store.ts'
import { createSqlMessageStore } from './sql-message-store.ts'
import { createSqlNotificationStore } from './sql-notification-store.ts'
import { createSqlReceiptStore } from './sql-receipt-store.ts'
import { createSqlUserStore } from './sql-user-store.ts'

const FILLING_MS = 240_000
const { busiest, largest, messages } = LARGE_SITE

/** Everything that is asked and written, on a site with 100,000 conversations and a million messages in one. */
describeOnEachDatabase('a large site', (openTestDatabase) => {
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

  test('is served by indexes', async () => {
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
    const commits = createGroupCommit(recorded)
    const receipts = createSqlReceiptStore(recorded, commits)
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

    const messagesStore = createSqlMessageStore(recorded)
    for (const query of [{}, { before: 500_000 }, { after: 500_000 }, { after: 10, before: 900_000 }])
      expect((await messagesStore.page(largest, { ...query, limit: 50 })).messages).toHaveLength(50)
    expect(await messagesStore.get(largest, 'm-7')).toMatchObject({ seq: 8 })
    expect(await messagesStore.findByClientId(largest, 'u-7', 'k-7')).toMatchObject({ seq: 8 })
    expect(await messagesStore.findByClientId(largest, null, 'k-0')).toMatchObject({ seq: 1 })
    const conversations = createSqlConversationStore(recorded, commits, createConversationReader(recorded))
    const state = await conversations.load(largest)
    expect(state?.members.has(busiest)).toBe(true)
    const since = { epoch: 'e', rev: messages - 100 }
    expect(await conversations.changesSince(largest, since)).toHaveLength(100)
    const message = {
      id: 'new',
      conversationId: largest,
      clientId: 'new',
      senderId: busiest,
      content: 'new',
      type: 'text',
      replyTo: null,
      metadata: null,
      createdAt: 1,
    } as const
    await conversations.append(largest, { type: 'send', message })
    await conversations.append(largest, {
      type: 'react',
      messageId: 'm-7',
      userId: busiest,
      emoji: '👍',
      on: true,
      at: 1,
    })
    await conversations.append(largest, { type: 'edit', messageId: 'new', content: 'newer', at: 1 })
    await conversations.append(largest, { type: 'delete', messageId: 'new', byId: busiest, at: 1 })
    await conversations.appendState(largest, {
      ifVersion: state?.version ?? 0,
      conversation: { name: 'Other' },
      removeMembers: [busiest],
      events: [],
    })
    await conversations.eraseMember(largest, busiest, 1, 10)
    await conversations.prune(1, 30, 10)

    expect(queries.length).toBeGreaterThan(60)
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
  /** Those that were not made by the query builder. */
  const record = <D extends Kysely<Tables>>(db: D): D => {
    const execute = db.executeQuery.bind(db)
    return Object.assign(db, {
      executeQuery(query: CompiledQuery) {
        if (!query.sql.startsWith('insert')) queries.push(query)
        return execute(query)
      },
    })
  }
  const recorded: SqlDatabase = {
    ...database,
    read: (run) => database.read((db) => run(record(db.withPlugin(recorderOf(db.getExecutor()))))),
    write: (run) => database.write((trx) => run(record(trx.withPlugin(recorderOf(trx.getExecutor())) as typeof trx))),
  }
  return { recorded, queries }
}
