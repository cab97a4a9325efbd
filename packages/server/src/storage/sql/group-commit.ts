import { isUnavailable } from '@parley/core'
import { Batch } from './batch.ts'
import type { SqlDatabase } from './open-database.ts'

/**
 * One kind of writing. What is asked for at the same time is done together, in few statements; the answers
 * are given when all of it is committed, in the order of the questions. It may be done again from the start.
 */
export interface Work<Asked, Answer> {
  perform(batch: Batch, asked: readonly Asked[]): Promise<readonly Answer[]>
}

export interface GroupCommit {
  /** Does the work in the next transaction. What resolves is stored; promises resolve in the order of the revs given out. */
  enlist<Asked, Answer>(work: Work<Asked, Answer>, asked: Asked): Promise<Answer>
  /** Whether all commits of this stretch were made here. */
  isOwn(commits: { readonly after: number; readonly upTo: number }): boolean
}

/** Own commits that are remembered, for `isOwn`. */
const MAX_OWN = 10_000

/** How much may be in one transaction: its locks are others' waiting time. */
const MAX_BATCH = 256

interface Item {
  readonly work: Work<unknown, unknown>
  readonly asked: unknown
  resolve(answer: unknown): void
  reject(error: unknown): void
}

/**
 * Gathers what is to be written while a transaction runs, and writes it in the next one. Each transaction begins
 * with taking a number: writers of all processes take turns, and the order of the numbers is that of the commits.
 */
export function createGroupCommit({ dialect, write }: Pick<SqlDatabase, 'dialect' | 'write'>): GroupCommit {
  const waiting: Item[] = []
  let isRunning = false
  const own = new Set<number>()

  function remember(commit: number): void {
    own.add(commit)
    if (own.size > MAX_OWN) own.delete(own.values().next().value ?? 0)
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      // Whoever was just answered may want to go on: one turn of the event loop lets them into this batch.
      await new Promise((resolve) => setImmediate(resolve))
      const items = waiting.splice(0, MAX_BATCH)
      await commit(items)
    }
    isRunning = false
  }

  async function commit(items: readonly Item[]): Promise<void> {
    try {
      const answers = await write((trx) => perform(trx, items))
      for (const answer of answers()) answer.item.resolve(answer.value)
    } catch (error) {
      if (items.length === 1 || isUnavailable(error)) for (const item of items) item.reject(error)
      // One of them is at fault; the others shall not pay for it.
      else for (const item of items) await commit([item])
    }
  }

  async function perform(trx: Batch['db'], items: readonly Item[]) {
    const batch = new Batch(trx, dialect, await dialect.takeCommit(trx))
    const answers: { readonly item: Item; readonly value: unknown }[] = []
    for (const [work, group] of Map.groupBy(items, ({ work }) => work)) {
      const values = await work.perform(
        batch,
        group.map(({ asked }) => asked),
      )
      await batch.flush()
      answers.push(...group.map((item, i) => ({ item, value: values[i] })))
    }
    await batch.finish()
    return () => {
      remember(batch.commit)
      batch.committed()
      return answers
    }
  }

  return {
    enlist(work, asked) {
      return new Promise((resolve, reject) => {
        waiting.push({ work, asked, resolve, reject } as Item)
        if (isRunning) return
        isRunning = true
        void run()
      })
    },
    isOwn({ after, upTo }) {
      if (upTo - after > MAX_OWN) return false
      for (let commit = after + 1; commit <= upTo; commit += 1) if (!own.has(commit)) return false
      return true
    },
  }
}
