import { randomUUID } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { createConnection } from 'mysql2/promise'
import pg from 'pg'

type Row = readonly (string | number | null)[]

/** A database's own driver on one connection, with nothing around it: what the rows cost without a server. */
export interface BareDriver extends AsyncDisposable {
  /** Inserts the rows in one transaction, by one prepared statement for each. */
  insertEach(rows: readonly Row[]): Promise<void>
  /** Inserts the rows in one transaction, by one prepared statement with all of them. */
  insertAll(rows: readonly Row[]): Promise<void>
  /** Lets the database learn what its tables hold, as one that is in use knows it. */
  analyze(): Promise<void>
}

const COLUMNS = [
  'conversation_id',
  'seq',
  'id',
  'client_id',
  'sender_id',
  'sender_name',
  'content',
  'type',
  'reply_to',
  'metadata',
  'created_at',
  'rev',
  'edited_at',
  'deleted_at',
  'commit_number',
]

/** A message as Parley stores it, for its own table with all of its indexes. */
export function bareRow(conversationId: string, seq: number, content: string): Row {
  const now = Date.now()
  const sender = `user-${seq % 64}`
  const written = [conversationId, seq, randomUUID(), randomUUID(), sender, sender, content, 'text', null, null]
  return [...written, now, seq, null, null, seq]
}

/** The text of an insert of so many rows, made once. */
function createInsertText(placeholder: (n: number) => string): (rows: number) => string {
  const texts = new Map<number, string>()
  return (rows) => {
    const kept = texts.get(rows)
    if (kept !== undefined) return kept
    let n = 0
    const row = () => `(${COLUMNS.map(() => placeholder(++n)).join(', ')})`
    const text = `insert into messages (${COLUMNS.join(', ')}) values ${Array.from({ length: rows }, row).join(', ')}`
    texts.set(rows, text)
    return text
  }
}

export async function openBareSqlite(path: string): Promise<BareDriver> {
  const file = new DatabaseSync(path)
  file.exec('pragma journal_mode = wal; pragma synchronous = full')
  const text = createInsertText(() => '?')
  const statements = new Map([1, 100].map((rows) => [rows, file.prepare(text(rows))]))
  return {
    async insertEach(rows) {
      file.exec('begin immediate')
      for (const row of rows) statements.get(1)?.run(...row)
      file.exec('commit')
    },
    async insertAll(rows) {
      statements.get(rows.length)?.run(...rows.flat())
    },
    // SQLite does not by itself, and neither does the server.
    analyze: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      file.close()
    },
  }
}

export async function openBarePostgres(url: string): Promise<BareDriver> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const text = createInsertText((n) => `$${n}`)
  const insert = (rows: readonly Row[]) =>
    client.query({ name: `insert ${rows.length}`, text: text(rows.length), values: rows.flat() })
  return {
    async insertEach(rows) {
      // One by itself is a transaction.
      if (rows.length > 1) await client.query('begin')
      for (const row of rows) await insert([row])
      if (rows.length > 1) await client.query('commit')
    },
    insertAll: async (rows) => void (await insert(rows)),
    analyze: async () => void (await client.query('analyze')),
    [Symbol.asyncDispose]: () => client.end(),
  }
}

export async function openBareMariadb(url: string): Promise<BareDriver> {
  const connection = await createConnection(url)
  const text = createInsertText(() => '?')
  const insert = (rows: readonly Row[]) => connection.execute(text(rows.length), rows.flat())
  return {
    async insertEach(rows) {
      if (rows.length > 1) await connection.query('begin')
      for (const row of rows) await insert([row])
      if (rows.length > 1) await connection.query('commit')
    },
    insertAll: async (rows) => void (await insert(rows)),
    analyze: async () => void (await connection.query('analyze table conversations, memberships, messages')),
    [Symbol.asyncDispose]: () => connection.end(),
  }
}
