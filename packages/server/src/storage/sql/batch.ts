import type { ConversationId, Millis } from '@parley/core'
import type { Transaction } from 'kysely'
import type { Dialect } from './dialects.ts'
import { insertRows, selectByKeys, updateRows } from './many-rows.ts'
import type { ConversationsTable, Tables } from './schema.ts'

/** What a batch knows of a conversation, and changes. */
export type Head = Pick<
  ConversationsTable,
  'id' | 'epoch' | 'rev' | 'version' | 'member_count' | 'active_at' | 'oldest_at' | 'pruned_rev' | 'last_commit'
>

/** A conversation and its latest rev in a commit that moved it; `null`: the commit removed it. */
export type Move = readonly [id: ConversationId, rev: number | null]

/** Commits whose moves are kept for others to read. */
export const KEPT_MOVES = 10_000

/** Written with every change. */
const OFTEN = ['id', 'rev', 'active_at', 'last_commit'] as const
/** Written when they change: each has its price in an index, or makes the statement longer. */
const RARELY = ['id', 'version', 'member_count', 'oldest_at', 'pruned_rev'] as const
const SELECT_HEADS = `select ${[...OFTEN, ...RARELY.slice(1), 'epoch'].map((column) => `c.${column}`).join(', ')}
  from k join conversations as c on c.id = k.c where c.deleted_at is null`

const rareOf = ({ version, member_count, oldest_at, pruned_rev }: Head): string =>
  `${version} ${member_count} ${oldest_at} ${pruned_rev}`

/**
 * One transaction of the group commit. No other writer is at work in any process while it lasts, so what it
 * reads stays true until it is committed, and what it has read it need not read again.
 */
export class Batch {
  readonly db: Transaction<Tables>
  readonly dialect: Dialect
  /** The number of this transaction: those of later ones are greater. */
  readonly commit: number
  readonly #heads = new Map<ConversationId, Head | null>()
  readonly #changed = new Set<Head>()
  readonly #removed = new Set<ConversationId>()
  /** What was read of the columns that hardly ever change. */
  readonly #rare = new Map<Head, string>()
  readonly #rows = new Map<keyof Tables, Tables[keyof Tables][]>()
  readonly #afterCommit: (() => void)[] = []
  #conversations = 0
  #members = 0

  constructor(db: Transaction<Tables>, dialect: Dialect, commit: number) {
    this.db = db
    this.dialect = dialect
    this.commit = commit
  }

  /** The conversations that are there, of these. */
  async heads(ids: Iterable<ConversationId>): Promise<ReadonlyMap<ConversationId, Head>> {
    const wanted = new Set(ids)
    const unknown = [...wanted].filter((id) => !this.#heads.has(id))
    if (unknown.length > 0) {
      for (const id of unknown) this.#heads.set(id, null)
      const keys = unknown.map((id) => [id])
      const heads = await selectByKeys<Head>(this.db, this.dialect, ['c'], keys, SELECT_HEADS)
      for (const head of heads) {
        this.#heads.set(head.id, head)
        this.#rare.set(head, rareOf(head))
      }
    }
    const found = new Map<ConversationId, Head>()
    for (const id of wanted) {
      const head = this.#heads.get(id)
      if (head) found.set(id, head)
    }
    return found
  }

  /** Takes the next `rev` of a conversation for something that happened at this time. */
  nextRev(head: Head, at: Millis): number {
    head.rev += 1
    head.active_at = Math.max(head.active_at, at)
    this.touch(head)
    return head.rev
  }

  /** The conversation is written with this batch's number. */
  touch(head: Head): void {
    head.last_commit = this.commit
    this.#changed.add(head)
  }

  /** A conversation that this batch made, or, with `null`, removed. */
  setHead(id: ConversationId, head: Head | null): void {
    const before = this.#heads.get(id)
    if (before) this.#changed.delete(before)
    if (head === null) this.#removed.add(id)
    this.#heads.set(id, head)
  }

  /** Keeps a row for the next `flush`, together with others of its table. */
  insert<T extends keyof Tables>(table: T, row: Tables[T]): void {
    const rows = this.#rows.get(table)
    if (rows === undefined) this.#rows.set(table, [row])
    else rows.push(row)
  }

  /** Writes the rows that were kept: from now on they can be read. */
  async flush(): Promise<void> {
    for (const [table, rows] of this.#rows) await insertRows(this.db, this.dialect, table, rows as never)
    this.#rows.clear()
  }

  /** Changes what `count` says. */
  count(conversations: number, members: number): void {
    this.#conversations += conversations
    this.#members += members
  }

  /** Runs when all of it is stored, before anybody is answered. */
  afterCommit(run: () => void): void {
    this.#afterCommit.push(run)
  }

  /** The last statements of the transaction. */
  async finish(): Promise<void> {
    await this.#keepMoves()
    await this.save()
    if (this.#conversations !== 0 || this.#members !== 0) {
      await this.db
        .updateTable('commits')
        .set((column) => ({
          conversations: column('conversations', '+', this.#conversations),
          members: column('members', '+', this.#members),
        }))
        .execute()
    }
  }

  /** Writes everything of conversations that was changed so far, for whoever reads it in the database itself. */
  async save(): Promise<void> {
    await this.flush()
    const columns = (head: Head, names: readonly (keyof Head)[]) => names.map((name) => head[name])
    const changed = [...this.#changed]
    const often = changed.map((head) => columns(head, OFTEN))
    await updateRows(this.db, this.dialect, 'conversations', OFTEN, often)
    const rarely = changed.filter((head) => this.#rare.get(head) !== rareOf(head)).map((head) => columns(head, RARELY))
    await updateRows(this.db, this.dialect, 'conversations', RARELY, rarely)
  }

  /** For processes that follow the commits. */
  async #keepMoves(): Promise<void> {
    if (this.#changed.size === 0 && this.#removed.size === 0) return
    const moves: Move[] = Array.from(this.#changed, ({ id, rev }) => [id, rev])
    for (const id of this.#removed) moves.push([id, null])
    this.insert('moves', { commit_number: this.commit, conversations: JSON.stringify(moves) })
    if (this.commit % 1000 === 0)
      await this.db
        .deleteFrom('moves')
        .where('commit_number', '<=', this.commit - KEPT_MOVES)
        .execute()
  }

  committed(): void {
    for (const run of this.#afterCommit) run()
  }
}
