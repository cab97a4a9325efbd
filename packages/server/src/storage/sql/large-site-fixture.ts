import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { SqlDatabase } from './open-database.ts'
import type { Tables } from './schema.ts'

/** A site in which much was said. */
export const LARGE_SITE = {
  conversations: 100_000,
  /** All of them in the conversation of this id; every other conversation has none. */
  messages: 1_000_000,
  largest: 'c-0',
  /** Is in that one and in others; everybody else is in a few. */
  busiest: 'u-0',
  busiestIn: 200,
  users: 50_000,
} as const

const TIME = Date.UTC(2030, 0, 1)

/** The numbers from 0, as a table `n (i)`: the same in every database. */
function numbers(count: number): RawBuilder<unknown> {
  const digits = Math.ceil(Math.log10(count))
  const digit = sql`(select 0 as d union all select 1 union all select 2 union all select 3 union all select 4
    union all select 5 union all select 6 union all select 7 union all select 8 union all select 9)`
  const places = Array.from({ length: digits }, (_, place) => sql.ref(`p${place}`))
  const sum = sql.join(
    places.map((_, place) => sql`${sql.ref(`p${place}.d`)} * ${sql.lit(10 ** place)}`),
    sql` + `,
  )
  const tables = sql.join(
    places.map((place) => sql`${digit} as ${place}`),
    sql` cross join `,
  )
  return sql`(select i from (select ${sum} as i from ${tables}) as a where i < ${sql.lit(count)}) as n`
}

/** Fills an empty database with a large site, and lets the database learn what it holds. */
export async function fillLargeSite({ read, dialect }: SqlDatabase): Promise<void> {
  await read(async (db) => {
    const fillQuickly = FILLERS[dialect.name]
    await fillQuickly(db, () => fill(db))
    await analyze(db, dialect.name)
  })
}

async function fill(db: Kysely<Tables>): Promise<void> {
  const { conversations, messages, largest, busiest, busiestIn, users } = LARGE_SITE
  const conversation = sql`concat('c-', n.i)`
  await sql`insert into conversations (id, kind, name, host_id, created_at, max_participants, is_locked, has_lobby,
      encrypted, quota_key, banned, admitted, waiting, epoch, rev, version, member_count, active_at, pruned_rev, last_commit)
    select ${conversation}, 'group', 'Group', 'u-1', ${sql.lit(TIME)}, 1000, 0, 0, 0, concat('q-', n.i), '[]', '[]', '[]',
      'e', case when n.i = 0 then ${sql.lit(messages)} else 0 end, 0, 3, ${sql.lit(TIME)} + n.i, 0,
      case when n.i = 0 then ${sql.lit(messages)} else n.i end
    from ${numbers(conversations)}`.execute(db)
  const memberships = [
    [sql`concat('u-', 1 + (n.i * 7) % ${sql.lit(users)})`, conversations],
    [sql`concat('u-', ${sql.lit(users)} + (n.i * 11) % ${sql.lit(users)})`, conversations],
    [sql`${sql.lit(busiest)}`, busiestIn],
  ] as const
  await sql`insert into memberships (conversation_id, user_id, name, role, joined_at, has_entered, joined_rev,
      joined_commit, delivered_seq, read_seq, receipt_commit)
    ${sql.join(
      memberships.map(
        ([user, count]) => sql`select ${conversation}, ${user}, 'Name', 'speaker', ${sql.lit(TIME)}, 1, 1, n.i, 0, 0, 0
          from ${numbers(count)}`,
      ),
      sql` union all `,
    )}`.execute(db)
  await sql`insert into messages (conversation_id, seq, id, client_id, sender_id, sender_name, content, type,
      created_at, rev, commit_number)
    select ${sql.lit(largest)}, n.i + 1, concat('m-', n.i), concat('k-', n.i), concat('u-', n.i % 100), 'Name', 'hello',
      'text', ${sql.lit(TIME)} + n.i, n.i + 1, n.i + 1
    from ${numbers(messages)}`.execute(db)
  await sql`update commits set number = ${sql.lit(messages)} where id = 1`.execute(db)
}

/** How a database is filled in half of the time, and is as it would be otherwise. */
const FILLERS: Record<SqlDatabase['dialect']['name'], (db: Kysely<Tables>, run: () => Promise<void>) => Promise<void>> =
  {
    SQLite: (db, run) =>
      withoutIndexes(
        db,
        sql`select name, sql as definition from sqlite_master where type = 'index' and sql is not null`,
        run,
      ),
    async PostgreSQL(db, run) {
      await sql`set statement_timeout = 0`.execute(db)
      await sql`set maintenance_work_mem = '256MB'`.execute(db)
      const indexes = sql`select indexname as name, indexdef as definition from pg_indexes where schemaname = current_schema()
      and indexname not in (select conname from pg_constraint)`
      await withoutIndexes(db, indexes, run)
    },
    // Fills an empty table in the order of each index when it may believe that nothing is there twice.
    async MariaDB(db, run) {
      await sql`set max_statement_time = 0, unique_checks = 0, foreign_key_checks = 0`.execute(db)
      await run()
      await sql`set unique_checks = 1, foreign_key_checks = 1`.execute(db)
    },
  }

/** Makes the indexes anew afterwards: to sort once is quicker than to find a place for each row. */
async function withoutIndexes(
  db: Kysely<Tables>,
  indexes: RawBuilder<unknown>,
  run: () => Promise<void>,
): Promise<void> {
  const { rows } = await (indexes as RawBuilder<{ readonly name: string; readonly definition: string }>).execute(db)
  for (const { name } of rows) await sql`drop index ${sql.id(name)}`.execute(db)
  await run()
  for (const { definition } of rows) await sql.raw(definition).execute(db)
}

async function analyze(db: Kysely<Tables>, name: SqlDatabase['dialect']['name']): Promise<void> {
  if (name === 'MariaDB') await sql`analyze table conversations, memberships, messages, changes`.execute(db)
  else await sql`analyze`.execute(db)
}
