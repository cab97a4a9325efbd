import { DomainError } from '@parley/core'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import type { Batch } from './batch.ts'
import { createGroupCommit, type Work } from './group-commit.ts'
import { openDatabase } from './open-database.ts'

interface Note {
  readonly id: string
  readonly status: string
}

/** Stores notes, and tells in which batch. A note called `poison` can't be stored. */
const noting: Work<Note, number> = {
  async perform(batch: Batch, asked: readonly Note[]) {
    for (const { id, status } of asked) {
      if (id === 'poison') throw new Error('this one can never be stored')
      batch.insert('preferences', { user_id: id, status, custom_status: null })
    }
    return asked.map(() => batch.commit)
  },
}

describeOnEachDatabase('the group commit', (openTestDatabase) => {
  const open = async () => {
    await using opening = new AsyncDisposableStack()
    const testDatabase = opening.use(await openTestDatabase())
    const database = opening.use(await openDatabase(testDatabase.url, '.'))
    const opened = opening.move()
    return {
      url: testDatabase.url,
      database,
      commits: createGroupCommit(database),
      notes: async () => {
        const rows = await database.read((db) => db.selectFrom('preferences').select('user_id').execute())
        return rows.map(({ user_id }) => user_id).sort()
      },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  }
  const note = (n: number): Note => ({ id: `note-${String(n).padStart(3, '0')}`, status: 'x' })

  test('writes together what is asked for together, and answers in that order', async () => {
    await using opened = await open()
    const answered: number[] = []
    const numbers = await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const commit = await opened.commits.enlist(noting, note(n))
        answered.push(n)
        return commit
      }),
    )
    expect(new Set(numbers)).toEqual(new Set([1]))
    expect(answered).toEqual(answered.toSorted((a, b) => a - b))
    expect(await opened.notes()).toHaveLength(100)
    expect(await opened.commits.enlist(noting, note(100))).toBe(2)
  })

  test('one that can’t be stored fails alone', async () => {
    await using opened = await open()
    const asked = [note(1), { id: 'poison', status: 'x' }, note(2), { ...note(1), status: 'again' }, note(3)]
    const results = await Promise.allSettled(asked.map((one) => opened.commits.enlist(noting, one)))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await opened.notes()).toEqual(['note-001', 'note-002', 'note-003'])
  })

  test('numbers of two processes follow one another, and each knows its own', async () => {
    await using opened = await open()
    await using other = await openDatabase(opened.url, '.')
    const others = createGroupCommit(other)
    const numbers: number[] = []
    for (let n = 0; n < 10; n += 1) {
      const commits = n % 3 === 0 ? opened.commits : others
      numbers.push(await commits.enlist(noting, note(n)))
    }
    expect(numbers).toEqual(Array.from({ length: 10 }, (_, n) => n + 1))
    expect(opened.commits.isOwn({ after: 0, upTo: 1 })).toBe(true)
    expect(opened.commits.isOwn({ after: 0, upTo: 2 })).toBe(false)
    expect(others.isOwn({ after: 1, upTo: 3 })).toBe(true)
  })

  test('everybody is refused when the database is away, and nobody waits', async () => {
    await using opened = await open()
    const broken: typeof opened.database.write = () => Promise.reject(new DomainError('UNAVAILABLE', 'away'))
    const commits = createGroupCommit({ ...opened.database, write: broken })
    const results = await Promise.allSettled([1, 2, 3].map((n) => commits.enlist(noting, note(n))))
    expect(results).toMatchObject(Array(3).fill({ status: 'rejected', reason: { code: 'UNAVAILABLE' } }))
  })
})
