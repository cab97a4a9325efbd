import { randomBytes } from 'node:crypto'
import { createServerProcess, removeFolder, type ServerProcess } from './server-process.ts'

/** A real database server with a data folder of its own. */
export interface DatabaseServer extends ServerProcess, AsyncDisposable {
  /** Where databases can be made, with an administrator's rights. */
  readonly url: string
  /** Makes an empty database and resolves with its `DATABASE_URL`. */
  freshDatabase(): Promise<string>
}

export interface DatabaseServerOptions {
  /** `false`: quicker, and what it stores may be gone when it is killed. Otherwise it is as durable as in production. */
  readonly isDurable?: boolean
}

/** Makes, and removes, databases of one kind of server. */
export interface DatabaseMaker {
  /** Makes an empty database on the server at this address, and resolves with the database's. */
  createDatabase(serverUrl: string): Promise<string>
  /** Removes it, whoever is still connected. */
  dropDatabase(databaseUrl: string): Promise<void>
}

interface DatabaseServerParts {
  readonly url: string
  readonly folder: string
  readonly program: Parameters<typeof createServerProcess>[0]
  readonly maker: DatabaseMaker
}

export async function startDatabaseServer({
  url,
  folder,
  program,
  maker,
}: DatabaseServerParts): Promise<DatabaseServer> {
  const server = createServerProcess(program)
  await server.start()
  return {
    ...server,
    url,
    freshDatabase: () => maker.createDatabase(url),
    async [Symbol.asyncDispose]() {
      // A frozen one would not hear anything else.
      await server.kill()
      await removeFolder(folder)
    },
  }
}

export const newDatabaseName = (): string => `parley_${randomBytes(6).toString('hex')}`
export const nameOfDatabase = (url: string): string => new URL(url).pathname.slice(1)

export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
