import type { Migration } from './migration.ts'

export const migration0003: Migration = {
  number: 3,
  name: 'news of revocations',

  async up({ column, index, types }) {
    // Those that are there already are read by whoever starts.
    await column('revocations', 'commit_number', types.number, (definition) => definition.notNull().defaultTo(0))
    await index('revocations_by_commit', 'revocations', ['commit_number'])
  },
}
