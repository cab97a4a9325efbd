import { SAMPLE_TIME, sampleMember, sampleMessage, samplePeople, storeGroup } from '@parley/testkit/contracts'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { createConversationReader } from './conversation-reader.ts'
import { createGroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
import { createSqlConversationStore } from './sql-conversation-store.ts'

describeOnEachDatabase('one transaction with works of every kind', (openTestDatabase) => {
  async function openProcess(url: string) {
    const database = await openDatabase(url, '.')
    const conversations = createSqlConversationStore(
      database,
      createGroupCommit(database),
      createConversationReader(database),
    )
    return { database, conversations, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
  }

  test('each sees what those before it did, and another process sees the same', async () => {
    await using testDatabase = await openTestDatabase()
    await using one = await openProcess(testDatabase.url)
    await using other = await openProcess(testDatabase.url)
    const [ann, bob, carl] = samplePeople('ann', 'bob', 'carl')
    const { id } = await storeGroup(one.conversations, [ann, bob])
    const send = (senderId: string) =>
      one.conversations.append(id, { type: 'send', message: sampleMessage(id, { senderId }) })
    const joining = {
      ifVersion: 0,
      putMembers: [sampleMember(carl)],
      events: [{ type: 'member.joined', conversationId: id, at: SAMPLE_TIME, member: sampleMember(carl) }],
    } as const
    const [sent, joined, erased, again] = await Promise.all([
      send(ann),
      one.conversations.appendState(id, joining),
      one.conversations.eraseMember(id, carl, SAMPLE_TIME, 10),
      send(bob),
    ])
    expect([sent, joined, again]).toMatchObject(Array(3).fill({ status: 'appended' }))
    expect(erased.events).toMatchObject([{ type: 'member.left', userId: carl }])
    const state = await one.conversations.load(id)
    expect(state).toMatchObject({ rev: 4, version: 2 })
    expect(new Set(state?.members.keys())).toEqual(new Set([ann, bob]))
    expect(await other.conversations.load(id)).toEqual(state)
    expect(await other.conversations.count()).toEqual({ conversations: 1, members: 2 })
  })

  test('what was read is read again when another process has changed it', async () => {
    await using testDatabase = await openTestDatabase()
    await using one = await openProcess(testDatabase.url)
    await using other = await openProcess(testDatabase.url)
    const [ann, bob] = samplePeople('ann', 'bob')
    const { id } = await storeGroup(one.conversations, [ann])
    for (let version = 0; version < 5; version += 1) {
      const [writer, reader] = version % 2 === 0 ? [one, other] : [other, one]
      await reader.conversations.load(id)
      const member = sampleMember(bob, { role: version % 2 === 0 ? 'moderator' : 'speaker' })
      await writer.conversations.appendState(id, { ifVersion: version, putMembers: [member], events: [] })
      expect((await reader.conversations.load(id))?.members.get(bob)).toEqual(member)
      expect(await reader.conversations.load(id)).toEqual(await writer.conversations.load(id))
    }
  })

  test('a conversation with much in it goes piece by piece, and an end that was cut short is made up for', async () => {
    await using testDatabase = await openTestDatabase()
    await using one = await openProcess(testDatabase.url)
    const { id } = await storeGroup(one.conversations, ['ann'])
    await one.database.write(async (trx) => {
      await trx.updateTable('conversations').set({ rev: 12_000 }).where('id', '=', id).execute()
    })
    await one.conversations.append(id, { type: 'send', message: sampleMessage(id) })
    await one.database.write(async (trx) => {
      await trx.updateTable('conversations').set({ deleted_at: 1 }).where('id', '=', id).execute()
    })
    expect(await one.conversations.load(id)).toBeNull()
    await one.conversations.prune(SAMPLE_TIME, null, 1)
    const left = await one.database.read(async (db) => [
      ...(await db.selectFrom('conversations').select('id').execute()),
      ...(await db.selectFrom('messages').select('id').execute()),
    ])
    expect(left).toEqual([])
  })
})
