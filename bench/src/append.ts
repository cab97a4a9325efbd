import { type BareDriver, bareRow } from './append/bare-driver.ts'
import { type BenchDatabase, DATABASE_LABELS, type DatabaseKind, openBenchDatabase } from './append/database.ts'
import { openParleySenders, type ParleySenders } from './append/parley-senders.ts'

const CONTENT = 'x'.repeat(64)
/** Rows in one transaction of the bare driver. */
const BATCH = 100

export interface AppendOptions {
  readonly databases: readonly DatabaseKind[]
  /** People who write at the same time, each the next message when the one before is acknowledged. */
  readonly senders: number
  /** How many conversations they write in. */
  readonly conversations: readonly number[]
  /** Messages, and rows, in a round; one by one there are a fifth of them. */
  readonly messages: number
  readonly rounds: number
}

/** Messages, or rows, that were stored in a second. */
export interface AppendRound {
  readonly parley: number
  readonly oneByOne: number
  readonly inHundreds: number
  /** The hundred by one statement with all of them. */
  readonly byOneStatement: number
}

export interface AppendRow {
  readonly database: DatabaseKind
  readonly label: string
  readonly conversations: number
  readonly rounds: readonly AppendRound[]
  /** Messages that the server had stored in the end, and those that it had acknowledged. */
  readonly stored: number
  readonly acknowledged: number
}

/** Measures every database by itself; on it the server and the bare driver take turns, round by round, in one table. */
export async function measureAppend(options: AppendOptions, tell: (line: string) => void): Promise<AppendRow[]> {
  const rows: AppendRow[] = []
  for (const kind of options.databases) {
    await using database = await openBenchDatabase(kind)
    for (const conversations of options.conversations)
      rows.push(await measureOn(database, kind, conversations, options, tell))
  }
  return rows
}

async function measureOn(
  database: BenchDatabase,
  kind: DatabaseKind,
  conversations: number,
  { senders, messages, rounds }: AppendOptions,
  tell: (line: string) => void,
): Promise<AppendRow> {
  const label = DATABASE_LABELS[kind]
  await using parley = await openParleySenders(database.url, { senders, conversations })
  await using driver = await database.openDriver()
  const rowsOf = createRows(conversations)
  const measured: AppendRound[] = []
  // One that does not count: code is compiled, pages are in memory.
  for (let round = 0; round <= rounds; round += 1) {
    const one = await measureRound(parley, driver, rowsOf, messages)
    if (round > 0) measured.push(one)
    else await driver.analyze()
    const figure = (value: number) => value.toFixed(0)
    tell(
      `${label}, ${conversations} conversations, ${round === 0 ? 'to warm up' : `round ${round}`}: ` +
        `Parley ${figure(one.parley)}, one by one ${figure(one.oneByOne)}, in hundreds ${figure(one.inHundreds)} a second`,
    )
  }
  const stored = await parley.stored()
  return { database: kind, label, conversations, rounds: measured, stored, acknowledged: (rounds + 1) * messages }
}

type Rows = (count: number) => ReturnType<typeof bareRow>[]

/** Rows as the server writes them, in as many conversations, each at its end. */
function createRows(conversations: number): Rows {
  const run = Math.random().toString(36).slice(2)
  let count = 0
  return (rows) =>
    Array.from({ length: rows }, () => {
      count += 1
      return bareRow(`bare-${run}-${count % conversations}`, count, CONTENT)
    })
}

async function measureRound(
  parley: ParleySenders,
  driver: BareDriver,
  rowsOf: Rows,
  messages: number,
): Promise<AppendRound> {
  const few = Math.max(1, Math.round(messages / 5))
  return {
    parley: await perSecond(messages, () => parley.send(messages, CONTENT)),
    oneByOne: await perSecond(few, async () => {
      for (let row = 0; row < few; row += 1) await driver.insertEach(rowsOf(1))
    }),
    inHundreds: await perSecond(messages, async () => {
      for (let row = 0; row < messages; row += BATCH) await driver.insertEach(rowsOf(BATCH))
    }),
    byOneStatement: await perSecond(messages, async () => {
      for (let row = 0; row < messages; row += BATCH) await driver.insertAll(rowsOf(BATCH))
    }),
  }
}

async function perSecond(count: number, run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return (count / (performance.now() - start)) * 1000
}
