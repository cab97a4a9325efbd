import { DomainError } from '@parley/core'
import { mustSend, storeGroup } from '@parley/testkit/contracts'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { createConversationReader } from './conversation-reader.ts'
import { deleteConversations } from './delete-conversations.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
import { createSqlConversationStore } from './sql-conversation-store.ts'

/** More than is cleared in one transaction. */
const MANY = 5001

describeOnEachDatabase('deleting a conversation', (openTestDatabase) => {
  async function open() {
    await using opening = new AsyncDisposableStack()
    const { url } = opening.use(await openTestDatabase())
    const database = opening.use(await openDatabase(url, '.'))
    const opened = opening.move()
    const commits = createGroupCommit(database)
    const storeOn = (on: GroupCommit) => createSqlConversationStore(database, on, createConversationReader(database))
    return { database, commits, storeOn, [Symbol.asyncDispose]: () => opened.disposeAsync() }
  }

  test('that was deleted before leaves alone the one that has its id by now', async () => {
    await using opened = await open()
    const { commits } = opened
    const store = opened.storeOn(commits)
    const { id } = await storeGroup(store, ['ann'])
    await store.delete(id)
    await storeGroup(store, ['bob'], { id })
    await mustSend(store, id, { senderId: 'bob' })
    expect(await commits.enlist(deleteConversations, { id, isGoingOn: true })).toBe(true)
    expect(await store.load(id)).toMatchObject({ rev: 1 })
  })

  test('is done when nobody sees it any more, and cleared when the database has time', async () => {
    await using opened = await open()
    const { database, commits } = opened
    const { id } = await storeGroup(opened.storeOn(commits), ['ann'])
    await database.write((trx) => trx.updateTable('conversations').set({ rev: MANY }).where('id', '=', id).execute())
    let calls = 0
    const breaking: GroupCommit = {
      ...commits,
      enlist: (work, asked) => {
        calls += 1
        return calls === 1 ? commits.enlist(work, asked) : Promise.reject(new DomainError('UNAVAILABLE', 'It is away.'))
      },
    }
    await opened.storeOn(breaking).delete(id)
    const store = opened.storeOn(commits)
    expect(await store.load(id)).toBeNull()
    await store.prune(0, null, 10)
    const rows = await database.read((db) => db.selectFrom('conversations').select('id').where('id', '=', id).execute())
    expect(rows).toEqual([])
  })
})
