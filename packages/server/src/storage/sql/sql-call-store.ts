import type { Call, CallEndReason, CallMedia, CallParty, CallPartyState, CallStore, UserId } from '@parley/core'
import type { Kysely, Selectable, Transaction } from 'kysely'
import { gatherReads, keysOf } from './gathered-reads.ts'
import { selectByKeys } from './many-rows.ts'
import type { SqlDatabase } from './open-database.ts'
import type { CallPartiesTable, CallsTable, Tables } from './schema.ts'

const OPEN_OF_EACH = `select c.*, p.user_id as party from k
  join call_parties as p on p.user_id = k.u and p.state in ('ringing', 'joined')
  join calls as c on c.id = p.call_id and c.open_in is not null`

/** Calls, which a process that ends does not end. */
export function createSqlCallStore({ read, write, dialect }: SqlDatabase): CallStore {
  type OfParty = Selectable<CallsTable> & { readonly party: UserId }
  const openOf = gatherReads(async (userIds: readonly UserId[]) => {
    const rows = await read((db) => selectByKeys<OfParty>(db, dialect, ['u'], keysOf(userIds), OPEN_OF_EACH))
    const calls = await withParties([...new Map(rows.map((row) => [row.id, row])).values()])
    const byId = new Map(calls.map((call) => [call.id, call]))
    const found = Map.groupBy(rows, ({ party }) => party)
    return userIds.map((userId) => found.get(userId)?.flatMap(({ id }) => byId.get(id) ?? []) ?? [])
  })

  return {
    async create(call) {
      try {
        await write(async (trx) => {
          await trx
            .insertInto('calls')
            .values({ id: call.id, ...columnsOf(call), version: 0 })
            .execute()
          await putParties(trx, call)
        })
        return 'created'
      } catch (error) {
        // The id, or another call that is open in the conversation.
        if (dialect.failureOf(error) === 'duplicate') return 'exists'
        throw error
      }
    },

    async load(id) {
      const rows = await read((db) => db.selectFrom('calls').selectAll().where('id', '=', id).execute())
      return (await withParties(rows))[0] ?? null
    },

    replace: (call, ifVersion) =>
      write(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('calls')
          .set(columnsOf(call))
          .where('id', '=', call.id)
          .where('version', '=', ifVersion)
          .executeTakeFirst()
        if (numUpdatedRows === 0n) return false
        await trx.deleteFrom('call_parties').where('call_id', '=', call.id).execute()
        await putParties(trx, call)
        return true
      }),

    openOf,

    async openIn(conversationId) {
      const rows = await read((db) =>
        db.selectFrom('calls').selectAll().where('open_in', '=', conversationId).execute(),
      )
      return (await withParties(rows))[0] ?? null
    },

    async prune(before) {
      await write(async (trx) => {
        const ended = trx.selectFrom('calls').select('id').where('ended_at', '<', before)
        await trx.deleteFrom('call_parties').where('call_id', 'in', ended).execute()
        await trx.deleteFrom('calls').where('ended_at', '<', before).execute()
      })
    },
  }

  async function withParties(calls: readonly Selectable<CallsTable>[]): Promise<readonly Call[]> {
    if (calls.length === 0) return []
    const ids = calls.map(({ id }) => id)
    const parties = await read((db: Kysely<Tables>) =>
      db.selectFrom('call_parties').selectAll().where('call_id', 'in', ids).orderBy('place').execute(),
    )
    return calls.map((call) =>
      callOf(
        call,
        parties.filter(({ call_id }) => call_id === call.id),
      ),
    )
  }
}

function columnsOf(call: Call): Omit<Selectable<CallsTable>, 'id'> {
  return {
    conversation_id: call.conversationId,
    open_in: call.state === 'ended' ? null : call.conversationId,
    caller_id: call.callerId,
    media: call.media,
    offer: JSON.stringify(call.offer ?? null),
    state: call.state,
    created_at: call.createdAt,
    answered_at: call.answeredAt,
    ended_at: call.endedAt,
    end_reason: call.endReason,
    version: call.version,
  }
}

async function putParties(trx: Transaction<Tables>, call: Call): Promise<void> {
  if (call.parties.length === 0) return
  const rows = call.parties.map((party, place) => ({
    call_id: call.id,
    user_id: party.userId,
    place,
    name: party.name,
    state: party.state,
    session_id: party.sessionId,
    gone_since: party.goneSince,
  }))
  await trx.insertInto('call_parties').values(rows).execute()
}

function callOf(row: Selectable<CallsTable>, parties: readonly Selectable<CallPartiesTable>[]): Call {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    callerId: row.caller_id,
    media: row.media as CallMedia,
    offer: JSON.parse(row.offer) as unknown,
    state: row.state as Call['state'],
    parties: parties.map(partyOf),
    createdAt: row.created_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    endReason: row.end_reason as CallEndReason | null,
    version: row.version,
  }
}

function partyOf(row: Selectable<CallPartiesTable>): CallParty {
  return {
    userId: row.user_id,
    name: row.name,
    state: row.state as CallPartyState,
    sessionId: row.session_id,
    goneSince: row.gone_since,
  }
}
