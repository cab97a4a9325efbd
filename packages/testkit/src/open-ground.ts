import { openPostgres } from './services/describe-on-each-database.ts'
import { startRedis } from './services/redis.ts'

/** What nodes of one cluster have in common. */
interface Ground extends AsyncDisposable {
  readonly redisUrl: string
  readonly databaseUrl: string
}

interface GroundOptions {
  /** As asked for; a file is a name, for a database on PostgreSQL. */
  readonly databaseUrl: string | null
  /** Where the data is, if it is to outlive the server. */
  readonly dataDir: string | null
}

/** Those with a name: who comes back to it, or comes beside, finds what is there. They end with this process. */
const named = new Map<string, Promise<Ground>>()

/** Under the same database or folder the same one, otherwise a new one that ends when it is disposed of. */
export async function openGround({ databaseUrl, dataDir }: GroundOptions): Promise<Ground> {
  const server = databaseUrl === null || databaseUrl.startsWith('sqlite:') ? null : databaseUrl
  const name = databaseUrl ?? dataDir
  if (name === null) return makeGround(server)
  const known = named.get(name) ?? makeGround(server)
  named.set(name, known)
  const { redisUrl, databaseUrl: url } = await known
  return { redisUrl, databaseUrl: url, [Symbol.asyncDispose]: async () => undefined }
}

async function makeGround(databaseUrl: string | null): Promise<Ground> {
  await using making = new AsyncDisposableStack()
  const database = databaseUrl === null ? making.use(await openPostgres()) : { url: databaseUrl }
  const redis = making.use(await startRedis({ isDurable: false }))
  const made = making.move()
  return { redisUrl: redis.url, databaseUrl: database.url, [Symbol.asyncDispose]: () => made.disposeAsync() }
}
