import type { ConversationId } from '@parley/core'
import type { Kysely } from 'kysely'
import type { GroupCommit } from './group-commit.ts'
import type { SqlDatabase } from './open-database.ts'
import type { Tables } from './schema.ts'

const POLL_MS = 250
/** Conversations that are read at once: more than one commit writes in. */
const CONVERSATIONS_AT_ONCE = 500

/** Commits that other processes made: those after the one number, up to the other. */
export interface Commits {
  readonly after: number
  readonly upTo: number
}

/** Reads what was committed, and does what is to be done with it. */
export type Follower = (db: Kysely<Tables>, commits: Commits) => Promise<() => void>

export interface SqlTail extends AsyncDisposable {
  /** `follow` is called for every stretch of commits, in order, each once, as long as the process lives. */
  follow(follower: Follower): void
  /** Calls `tell` for each conversation that another process has written in: with its latest rev, or `null` for something without one, a receipt. */
  onAdvanced(tell: (conversationId: ConversationId, upTo: number | null) => void): void
  /** Looks for commits from now on. Without that it costs nothing. */
  start(): Promise<void>
}

/**
 * Follows the counter of commits, which every process that shares the database raises: one look at one row a few
 * times a second. While the database is away it waits; what was committed meanwhile is told when it is back.
 */
export function createSqlTail(
  { read }: Pick<SqlDatabase, 'read'>,
  commits: Pick<GroupCommit, 'isOwn'>,
  report: (error: unknown) => void,
): SqlTail {
  const followers: Follower[] = []
  let last: number | null = null
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let isStopped = true

  async function look(): Promise<void> {
    try {
      const { number } = await read((db) => db.selectFrom('commits').select('number').executeTakeFirstOrThrow())
      const after = last ?? number
      if (!commits.isOwn({ after, upTo: number })) {
        const tells = await read(async (db) => {
          const found: (() => void)[] = []
          for (const follow of followers) found.push(await follow(db, { after, upTo: number }))
          return found
        })
        for (const tell of tells) tell()
      }
      last = number
    } catch (error) {
      // Looked for again; a database that is away is no news here.
      if (!isUnavailable(error)) report(error)
    }
    if (!isStopped) timer = setTimeout(lookAgain, POLL_MS).unref()
  }

  function lookAgain(): void {
    looking = look()
  }

  return {
    follow(follower) {
      followers.push(follower)
    },
    onAdvanced(tell) {
      followers.push((db, stretch) => readAdvanced(db, stretch, tell))
    },
    async start() {
      isStopped = false
      lookAgain()
      await looking
    },
    async [Symbol.asyncDispose]() {
      isStopped = true
      clearTimeout(timer)
      await looking
    },
  }
}

async function readAdvanced(
  db: Kysely<Tables>,
  { after, upTo }: Commits,
  tell: (conversationId: ConversationId, upTo: number | null) => void,
): Promise<() => void> {
  const advanced: { readonly id: ConversationId; readonly rev: number | null }[] = []
  for (let from = after; ; ) {
    const moved = await db
      .selectFrom('conversations')
      .select(['id', 'rev', 'last_commit'])
      .where('last_commit', '>', from)
      .orderBy('last_commit')
      .limit(CONVERSATIONS_AT_ONCE)
      .execute()
    advanced.push(...moved)
    advanced.push(...(await readReceipts(db, after, moved)))
    const end = moved.at(-1)?.last_commit
    if (end === undefined || moved.length < CONVERSATIONS_AT_ONCE || end >= upTo) break
    // The last commit may have written in more conversations than were read; those that were are told twice.
    from = end - 1
  }
  return () => {
    for (const { id, rev } of advanced) tell(id, rev)
  }
}

async function readReceipts(db: Kysely<Tables>, after: number, moved: readonly { readonly id: ConversationId }[]) {
  if (moved.length === 0) return []
  const ids = moved.map(({ id }) => id)
  const rows = await db
    .selectFrom('memberships')
    .select('conversation_id')
    .distinct()
    .where('conversation_id', 'in', ids)
    .where('receipt_commit', '>', after)
    .execute()
  return rows.map(({ conversation_id: id }) => ({ id, rev: null }))
}

const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'UNAVAILABLE'
