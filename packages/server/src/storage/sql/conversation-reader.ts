import type { ConversationId, ConversationState } from '@parley/core'
import type { Kysely } from 'kysely'
import { KeptConversations } from './kept-conversations.ts'
import type { SqlDatabase } from './open-database.ts'
import type { Tables } from './schema.ts'
import { MEMBER_COLUMNS, toState } from './stored-conversation.ts'

type Known = Pick<ConversationState, 'epoch' | 'version'>

/**
 * Reads conversations with their members. Those that were read lately are kept: a look at their version says
 * whether they still stand, which saves reading thousands of members for each message in a large group.
 */
export interface ConversationReader {
  /** What was asked for while a query runs is read together by the next one. */
  load(id: ConversationId): Promise<ConversationState | null>
  /** Reads those that are there in this transaction, which may not be committed yet: nothing of it is kept. */
  read(db: Kysely<Tables>, ids: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, ConversationState>>
  /** Keeps what was just committed. */
  keep(id: ConversationId, state: ConversationState): void
}

export function createConversationReader(database: Pick<SqlDatabase, 'read'>): ConversationReader {
  const kept = new KeptConversations()
  let waiting: Promise<ReadonlyMap<ConversationId, ConversationState>> | null = null
  let wanted = new Set<ConversationId>()
  let running: Promise<unknown> = Promise.resolve()

  /** The state that is kept, with the `rev` of now, if nothing else has changed. */
  function standing(id: ConversationId, now: Known & { readonly rev: number }): ConversationState | null {
    const state = kept.get(id)
    if (state === undefined || state.epoch !== now.epoch || state.version !== now.version) return null
    return state.rev === now.rev ? state : { ...state, rev: now.rev }
  }

  async function read(db: Kysely<Tables>, ids: readonly ConversationId[]) {
    const found = new Map<ConversationId, ConversationState>()
    if (ids.length === 0) return found
    const positions = await db
      .selectFrom('conversations')
      .select(['id', 'epoch', 'rev', 'version'])
      .where('id', 'in', ids)
      .where('deleted_at', 'is', null)
      .execute()
    const changed: ConversationId[] = []
    for (const { id, ...now } of positions) {
      const state = standing(id, now)
      if (state === null) changed.push(id)
      else found.set(id, state)
    }
    for (const state of await readWhole(db, changed)) found.set(state.conversation.id, state)
    return found
  }

  function load(id: ConversationId) {
    wanted.add(id)
    waiting ??= running.then(() => {
      const ids = [...wanted]
      wanted = new Set()
      waiting = null
      const reading = database
        .read((db) => read(db, ids))
        .then((found) => {
          for (const [id, state] of found) kept.keep(id, state)
          return found
        })
      running = reading.then(
        () => undefined,
        () => undefined,
      )
      return reading
    })
    return waiting.then((found) => found.get(id) ?? null)
  }

  return { load, read, keep: (id, state) => kept.keep(id, state) }
}

/** Settings and members of one version: what changes while they are read is read again. */
async function readWhole(db: Kysely<Tables>, ids: readonly ConversationId[]): Promise<ConversationState[]> {
  if (ids.length === 0) return []
  const there = db.selectFrom('conversations').where('id', 'in', ids).where('deleted_at', 'is', null)
  const rows = await there.selectAll().execute()
  const members = await db
    .selectFrom('memberships')
    .select(MEMBER_COLUMNS)
    .where('conversation_id', 'in', ids)
    .where('left_commit', 'is', null)
    .orderBy('joined_at')
    .orderBy('user_id')
    .execute()
  const after = new Map((await there.select(['id', 'version']).execute()).map(({ id, version }) => [id, version]))
  const membersOf = Map.groupBy(members, (member) => member.conversation_id)
  const whole = rows.filter(({ id, version }) => after.get(id) === version)
  const torn = rows.filter(({ id, version }) => after.has(id) && after.get(id) !== version)
  const states = whole.map((row) => toState(row, membersOf.get(row.id) ?? []))
  const rest = torn.map(({ id }) => id)
  return [...states, ...(await readWhole(db, rest))]
}
