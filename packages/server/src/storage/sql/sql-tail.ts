import { type ConversationId, isUnavailable } from '@parley/core'
import type { Kysely } from 'kysely'
import { KEPT_MOVES, type Move } from './batch.ts'
import type { GroupCommit } from './group-commit.ts'
import type { SqlDatabase } from './open-database.ts'
import type { Tables } from './schema.ts'

const POLL_MS = 250

/** Commits that other processes made: those after the one number, up to the other. */
interface Commits {
  readonly after: number
  readonly upTo: number
}

/** Reads what was committed, and does what is to be done with it. */
type Follower = (db: Kysely<Tables>, commits: Commits) => Promise<() => void>

export interface SqlTail extends AsyncDisposable {
  /** `follow` is called for every stretch of commits, in order, each once, as long as the process lives. */
  follow(follower: Follower): void
  /**
   * Calls `tell` for each conversation that another process has written in, with its latest rev; `null` when it was
   * removed. When what was written has no rev, the latest one may be known already.
   */
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
  commits: Commits,
  tell: (conversationId: ConversationId, upTo: number | null) => void,
): Promise<() => void> {
  const advanced = await readMoves(db, commits)
  return () => {
    for (const [id, rev] of advanced) tell(id, rev)
  }
}

async function readMoves(db: Kysely<Tables>, { after, upTo }: Commits): Promise<Iterable<Move>> {
  // Whoever was away for so long that moves are forgotten looks at every conversation.
  if (upTo - after > KEPT_MOVES / 2) {
    const moved = await db.selectFrom('conversations').select(['id', 'rev']).where('last_commit', '>', after).execute()
    return moved.map(({ id, rev }): Move => [id, rev])
  }
  const rows = await db
    .selectFrom('moves')
    .select('conversations')
    .where('commit_number', '>', after)
    .where('commit_number', '<=', upTo)
    .orderBy('commit_number')
    .execute()
  const latest = new Map<ConversationId, number | null>()
  for (const { conversations } of rows) {
    // A later move of the same conversation is the greater one; also one that was made anew has been removed.
    for (const [id, rev] of JSON.parse(conversations) as Move[]) if (latest.get(id) !== null) latest.set(id, rev)
  }
  return latest
}
