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
    await withoutTimeLimit(db, dialect.name)
    const { conversations, messages, largest, busiest, busiestIn, users } = LARGE_SITE
    const conversation = sql`concat('c-', n.i)`
    await sql`insert into conversations (id, kind, name, host_id, created_at, max_participants, is_locked, has_lobby,
        encrypted, quota_key, banned, admitted, waiting, epoch, rev, version, member_count, active_at, pruned_rev, last_commit)
      select ${conversation}, 'group', 'Group', 'u-1', ${sql.lit(TIME)}, 1000, 0, 0, 0, concat('q-', n.i), '[]', '[]', '[]',
        'e', case when n.i = 0 then ${sql.lit(messages)} else 0 end, 0, 3, ${sql.lit(TIME)} + n.i, 0, n.i
      from ${numbers(conversations)}`.execute(db)
    for (const [user, count] of [
      [sql`concat('u-', 1 + (n.i * 7) % ${sql.lit(users)})`, conversations],
      [sql`concat('u-', ${sql.lit(users)} + (n.i * 11) % ${sql.lit(users)})`, conversations],
      [sql`${sql.lit(busiest)}`, busiestIn],
    ] as const) {
      await sql`insert into memberships (conversation_id, user_id, name, role, joined_at, has_entered, joined_rev,
          joined_commit, delivered_seq, read_seq, receipt_commit)
        select ${conversation}, ${user}, 'Name', 'speaker', ${sql.lit(TIME)}, 1, 1, n.i, 0, 0, 0
        from ${numbers(count)}`.execute(db)
    }
    await sql`insert into messages (conversation_id, seq, id, client_id, sender_id, sender_name, content, type,
        created_at, rev, commit_number)
      select ${sql.lit(largest)}, n.i + 1, concat('m-', n.i), concat('k-', n.i), concat('u-', n.i % 100), 'Name', 'hello',
        'text', ${sql.lit(TIME)} + n.i, n.i + 1, n.i + 1
      from ${numbers(messages)}`.execute(db)
    await sql`update commits set number = ${sql.lit(messages)} where id = 1`.execute(db)
    await sql`update conversations set last_commit = ${sql.lit(messages)} where id = ${sql.lit(largest)}`.execute(db)
    await analyze(db, dialect.name)
  })
}

async function withoutTimeLimit(db: Kysely<Tables>, name: SqlDatabase['dialect']['name']): Promise<void> {
  if (name === 'PostgreSQL') await sql`set statement_timeout = 0`.execute(db)
  if (name === 'MariaDB') await sql`set max_statement_time = 0`.execute(db)
}

async function analyze(db: Kysely<Tables>, name: SqlDatabase['dialect']['name']): Promise<void> {
  if (name === 'MariaDB') await sql`analyze table conversations, memberships, messages, changes`.execute(db)
  else await sql`analyze`.execute(db)
}
