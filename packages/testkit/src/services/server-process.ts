import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { chownSync, existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Database servers refuse to run as root: root runs them as this user. */
export const NOBODY = 65534
/** A server that can't start says so within seconds; a machine that has much else to do takes its time. */
const START_TIMEOUT_MS = 180_000

/** How a server is told to run, and how it says that it does. */
interface ServerProgram {
  readonly command: string
  readonly args: readonly string[]
  readonly ready: RegExp
  /** Asks it to end in good order, without waiting for its clients. */
  readonly stopSignal: NodeJS.Signals
}

/** A server outside this process that tests may end and freeze as they like. It ends with this process at the latest. */
export interface ServerProcess {
  /** Starts it, also again: on the same data. Resolves when it is ready. */
  start(): Promise<void>
  /** Resolves when it has ended. Harmless when it does not run. */
  stop(signal?: NodeJS.Signals): Promise<void>
  /** As a power cut would, but for the disk's own cache. */
  kill(): Promise<void>
  /** Freezes it: connections stand, and nothing is answered from when this resolves. */
  pause(): Promise<void>
  resume(): void
}

export function createServerProcess(program: ServerProgram): ServerProcess {
  let child: ChildProcess | null = null
  let ended: Promise<void> = Promise.resolve()

  async function stop(signal: NodeJS.Signals = program.stopSignal): Promise<void> {
    if (signal === 'SIGKILL') for (const pid of family()) send(pid, 'SIGKILL')
    else child?.kill(signal)
    await ended
  }
  /** The server, and the processes that it serves each client with. */
  const family = (): readonly number[] => (child?.pid === undefined ? [] : [child.pid, ...childrenOf(child.pid)])

  return {
    async start() {
      const started = spawn(...unprivileged(program.command, program.args), { stdio: ['ignore', 'pipe', 'pipe'] })
      child = started
      let output = ''
      const ready = Promise.withResolvers<void>()
      const exited = Promise.withResolvers<void>()
      ended = exited.promise
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (chunk: Buffer) => {
          output = (output + chunk.toString()).slice(-10_000)
          if (program.ready.test(output)) ready.resolve()
        })
      started.once('error', ready.reject)
      started.once('close', (code) => {
        if (child === started) child = null
        exited.resolve()
        ready.reject(new Error(`${program.command} ended with exit code ${code}:\n${output}`))
      })
      const tooLate = globalThis.setTimeout(() => started.kill('SIGKILL'), START_TIMEOUT_MS)
      await ready.promise.finally(() => clearTimeout(tooLate))
    },
    stop,
    kill: () => stop('SIGKILL'),
    pause: () => freeze(family()),
    resume() {
      for (const pid of family()) send(pid, 'SIGCONT')
    },
  }
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      return readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      // That thread ended meanwhile.
      return []
    }
  })
}

/** Resolves when none of their threads runs any more: the kernel stops those of another core only some time after. */
export async function freeze(pids: readonly number[]): Promise<void> {
  for (const pid of pids) send(pid, 'SIGSTOP')
  while (pids.some(isMoving)) await setTimeout(1)
}

function isMoving(pid: number): boolean {
  try {
    // Its state follows its name, which is in parentheses and may hold any sign (proc_pid_stat(5)).
    return readdirSync(`/proc/${pid}/task`).some(
      (thread) => !/^.*\) [TtZX]/s.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1')),
    )
  } catch {
    // It ended, or one of its threads did: the first is told by its folder.
    return existsSync(`/proc/${pid}/task`)
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export const isRoot = (): boolean => process.getuid?.() === 0

/** The command, with SIGKILL from the kernel when this process ends, however it does; where that can't be had, the plain command. */
export function tiedToUs(command: string, args: readonly string[], rights: readonly string[] = []): [string, string[]] {
  if (process.platform !== 'linux') return [command, [...args]]
  return ['setpriv', ['--pdeathsig=SIGKILL', ...rights, command, ...args]]
}

/** The command tied to us, as somebody else than root. */
const unprivileged = (command: string, args: readonly string[]): [string, string[]] =>
  tiedToUs(command, args, isRoot() ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [])

/** Runs a program to its end as the user that servers run as. Rejects with what it wrote when it did not end well. */
export const runUnprivileged = async (command: string, ...args: string[]): Promise<void> =>
  void (await run(...unprivileged(command, args)))

/** A new folder that servers may write to. Those of processes that ended without removing theirs are removed. */
export async function makeServerFolder(name: string): Promise<string> {
  const prefix = join(tmpdir(), `parley-${name}-`)
  for (const left of globSync(`${prefix}*-*`)) {
    const owner = Number(left.slice(prefix.length).split('-')[0])
    // Without a number it is of another kind of server, whose name begins the same.
    if (Number.isInteger(owner) && !existsSync(`/proc/${owner}`)) await removeFolder(left)
  }
  const folder = await mkdtemp(`${prefix}${process.pid}-`)
  if (isRoot()) chownSync(folder, NOBODY, NOBODY)
  return folder
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

/**
 * Below those that Linux gives to whoever does not mind which (32768 and up): nobody takes one of these by chance. Those
 * that belong to a Cluster's, 10 000 above them, are neither these nor those.
 */
const FIRST_PORT = 11_000
const LAST_PORT = 21_000
/**
 * A server that is down has its port all the same, though it looks free: each of the processes that run tests at the
 * same time takes from a part of its own, and none twice.
 */
const PARTS = 8
const PORTS_OF_PART = (LAST_PORT - FIRST_PORT) / PARTS
const firstOfPart = FIRST_PORT + (Number(process.env.VITEST_POOL_ID ?? 0) % PARTS) * PORTS_OF_PART
const given = new Set<number>()

/**
 * A port that nothing listens on, nor on the one `neighbour` above it: for a server whose port must be known before
 * it runs, or that comes back at the same address. Others take port 0.
 */
export async function findFreePort(neighbour = 0): Promise<number> {
  for (;;) {
    const port = randomInt(firstOfPart, firstOfPart + PORTS_OF_PART)
    if (given.has(port)) continue
    given.add(port)
    if ((await isFree(port)) && (neighbour === 0 || (await isFree(port + neighbour)))) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
