import type { Migration } from './migration.ts'

export const migration0002: Migration = {
  number: 2,
  name: 'which database this is',

  async up({ table, types }) {
    await table('installation', (t) =>
      t
        .addColumn('number', types.number, (column) => column.notNull())
        .addColumn('id', types.key, (column) => column.notNull())
        .addPrimaryKeyConstraint('installation_key', ['number']),
    )
  },
}
