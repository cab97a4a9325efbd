import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type App, type AppOverrides, openApp } from '@parley/server/app'
import { type Config, type Env, parseConfig } from '@parley/server/config'
import { tiedToUs } from './services/server-process.ts'

const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
/** Hundreds of servers are started by the tests: with what was compiled before, each is there in two thirds of the time. */
const COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/parley-tests', import.meta.url))
const READY = /ready at (https?:\/\/[^\s"]+)/
/** A server that can't start says so within a quarter of a minute; a machine that has much else to do takes its time. */
const START_TIMEOUT_MS = 180_000

export interface TestServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string
  /** The address of each node behind `url` itself, past what stands before them. */
  readonly nodeUrls: readonly string[]
  readonly app: App
  readonly config: Config
  /** Everything logged so far. */
  readonly log: () => string
}

/** What a server in a test is configured as, but for its data folder: a free port, a secret of its own, short waits when it stops, and neither Janus nor coturn. */
export function testConfig(): Omit<Config, 'dataDir'> {
  const { config } = parseConfig({
    NODE_ENV: 'test',
    PORT: '0',
    JWT_SECRET: randomBytes(36).toString('base64'),
    SHUTDOWN_TIMEOUT: '200',
    // Those who test media ask for it.
    MEDIA: 'mesh',
    TURN: 'off',
  })
  return config
}

export async function startOneServer(overrides: Partial<Config> = {}, parts: AppOverrides = {}): Promise<TestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-data-'))
  const config: Config = { ...testConfig(), dataDir: directory, ...overrides }
  const lines: string[] = []
  const output = { write: (line: string | Uint8Array) => lines.push(String(line)) > 0 }
  const app = await openApp(config, { output, ...parts }).catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true })
    throw error
  })
  return {
    url: app.url,
    nodeUrls: [app.url],
    app,
    config,
    log: () => lines.join(''),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export interface SpawnedServer extends AsyncDisposable {
  readonly url: string
  /** The address of each process behind `url` itself, past what stands before them. */
  readonly nodeUrls: readonly string[]
  readonly pid: number
  /** The id of every process behind `url`. */
  readonly pids: readonly number[]
  /** Standard output and standard error so far. */
  readonly output: () => string
  /** Where it was started; its data is in `data`. */
  readonly directory: string
  /** Sends a signal and resolves with the exit code; `null` when the signal itself ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** The process ended before it was ready. */
export class SpawnError extends Error {
  readonly exitCode: number | null
  readonly output: string

  constructor(exitCode: number | null, output: string) {
    super(`The server ended with exit code ${exitCode}:\n${output}`)
    this.exitCode = exitCode
    this.output = output
  }
}

/** It ends with this process at the latest. That it is ready it says at `info`: with a `LOG_LEVEL` above that it is never taken to be. */
export async function spawnOneServer(env: Env = {}): Promise<SpawnedServer> {
  const directory = await mkdtemp(join(tmpdir(), 'parley-server-'))
  const child = spawn(...tiedToUs(process.execPath, [MAIN]), {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      PORT: '0',
      DATA_DIR: join(directory, 'data'),
      MEDIA: 'mesh',
      TURN: 'off',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let isReady = false
  const ready = Promise.withResolvers<string>()
  const exited = Promise.withResolvers<number | null>()
  const read = (chunk: Buffer): void => {
    output += chunk.toString()
    if (isReady) return
    const url = READY.exec(output)?.[1]
    if (url === undefined) return
    isReady = true
    ready.resolve(url)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  child.once('close', (code) => {
    exited.resolve(code)
    ready.reject(new SpawnError(code, output))
  })
  const tooLate = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS)

  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal)
    const code = await exited.promise
    await rm(directory, { recursive: true, force: true })
    return code
  }
  try {
    const url = await ready.promise
    const { pid = 0 } = child
    return {
      url,
      nodeUrls: [url],
      pid,
      pids: [pid],
      output: () => output,
      directory,
      stop,
      [Symbol.asyncDispose]: async () => void (await stop()),
    }
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  } finally {
    clearTimeout(tooLate)
  }
}
