import type { ConversationId, Millis } from '@parley/core'
import type { Transaction } from 'kysely'
import type { Dialect } from './dialects.ts'
import { insertRows } from './insert-rows.ts'
import type { ConversationsTable, Tables } from './schema.ts'

/** What a batch knows of a conversation, and changes. */
export type Head = Pick<
  ConversationsTable,
  'id' | 'epoch' | 'rev' | 'version' | 'member_count' | 'active_at' | 'oldest_at' | 'pruned_rev' | 'last_commit'
>

const HEAD_COLUMNS = [
  'id',
  'epoch',
  'rev',
  'version',
  'member_count',
  'active_at',
  'oldest_at',
  'pruned_rev',
  'last_commit',
] as const satisfies readonly (keyof Head)[]

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
      const query = this.db.selectFrom('conversations').select(HEAD_COLUMNS).where('id', 'in', unknown)
      for (const id of unknown) this.#heads.set(id, null)
      for (const head of await query.where('deleted_at', 'is', null).execute()) this.#heads.set(head.id, head)
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
    await this.flush()
    if (this.#changed.size > 0) {
      const rows = Array.from(this.#changed, (head) => HEAD_VALUES.map((column) => head[column]))
      await this.dialect.updateNumbers(this.db, 'conversations', HEAD_VALUES, rows as never)
    }
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

  committed(): void {
    for (const run of this.#afterCommit) run()
  }
}

const HEAD_VALUES = [
  'id',
  'rev',
  'version',
  'member_count',
  'active_at',
  'oldest_at',
  'pruned_rev',
  'last_commit',
] as const satisfies readonly [keyof Head, ...(keyof Head)[]]
