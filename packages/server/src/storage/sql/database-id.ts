import { randomUUID } from 'node:crypto'
import type { SqlDatabase } from './open-database.ts'

/** A random id that names this database, the same for whoever opens it. Made by the first one who asks. */
export async function databaseIdOf({ read, write, dialect }: SqlDatabase): Promise<string> {
  const find = () => read((db) => db.selectFrom('installation').select('id').where('number', '=', 1).executeTakeFirst())
  const known = await find()
  if (known !== undefined) return known.id
  await write(async (trx) => {
    await trx
      .insertInto('installation')
      .values({ number: 1, id: randomUUID() })
      .modifyEnd(dialect.orIgnore(['number']))
      .execute()
  })
  const made = await find()
  if (made === undefined) throw new Error('The id of the database was stored, and is not there')
  return made.id
}
