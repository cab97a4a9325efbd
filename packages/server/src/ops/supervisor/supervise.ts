import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from '@parley/core'
import { backOffMs } from './back-off.ts'
import { childOwner, guardCommand, hasSetpriv } from './guard-command.ts'
import { createLastWords } from './last-words.ts'

/** Another program that this process runs for as long as it lives. */
export interface Program {
  /** The name that people know it by. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** The folder in which it runs. */
  readonly folder: string
  /** Called before each start. What it throws is why there can be none now. */
  prepare?(): Promise<unknown>
  /** Resolves when the program serves, and rejects while it does not. Asked until it does, and now and then after. */
  probe(): Promise<unknown>
}

export interface SupervisorLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface SupervisorParts {
  readonly clock: Clock
  readonly logger: SupervisorLogger
  /** A random number in 0–1. */
  readonly random?: () => number
}

/** `down`: it ended, or could not start, and is started again after a wait. */
export type ServiceState = 'starting' | 'up' | 'down' | 'stopped'

/** Disposing stops the program: SIGTERM, and SIGKILL for one that does not go. */
export interface Supervised extends AsyncDisposable {
  readonly name: string
  state(): ServiceState
  /** How often it came back after it had ended by itself. */
  restarts(): number
  /** `null` while it does not run. */
  pid(): number | null
  /** Resolves with the end of the first attempt: whether the program serves, and if not, why. */
  readonly firstTry: Promise<string | null>
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const PROBE_EVERY_MS = 20
const READY_WITHIN_MS = 15_000
const WATCH_EVERY_MS = 2000
const ANSWER_WITHIN_MS = 2000
/** So many probes in a row without an answer, and the program hangs. */
const SILENT_PROBES = 2
const STOP_GRACE_MS = 2000
/** One that ran so long did not fail at its start: the next wait is a short one again. */
const STABLE_MS = 30_000

/** Starts the program and keeps it running: it is started again, after growing waits, for as long as it takes. */
export function supervise(program: Program, { clock, logger, random = Math.random }: SupervisorParts): Supervised {
  const { name } = program
  const first = Promise.withResolvers<string | null>()
  const closing = new AbortController()
  let state: ServiceState = 'starting'
  let child: ChildProcess | null = null
  let restarts = 0
  let failures = 0
  let hasServed = false

  function wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = clock.schedule(clock.now() + ms, done)
      signal.addEventListener('abort', done)
    })
  }

  async function answers(signal: AbortSignal): Promise<boolean> {
    const answered = new AbortController()
    const tooLate = wait(ANSWER_WITHIN_MS, AbortSignal.any([signal, answered.signal])).then(() => false)
    try {
      return await Promise.race([program.probe().then(() => true), tooLate])
    } catch {
      return false
    } finally {
      answered.abort()
    }
  }

  /** Watches over one life of the program. Returns why it has to end; `null` when it ended by itself. */
  async function watch(ended: AbortSignal): Promise<string | null> {
    const giveUpAt = clock.now() + READY_WITHIN_MS
    while (!ended.aborted && !(await answers(ended))) {
      if (clock.now() >= giveUpAt) return `it did not serve within ${READY_WITHIN_MS / 1000} seconds`
      await wait(PROBE_EVERY_MS, ended)
    }
    if (ended.aborted) return null
    noteUp()
    for (let silent = 0; silent < SILENT_PROBES; ) {
      await wait(WATCH_EVERY_MS, ended)
      if (ended.aborted) return null
      silent = (await answers(ended)) ? 0 : silent + 1
    }
    return ended.aborted ? null : 'it does not answer any more'
  }

  function noteUp(): void {
    state = 'up'
    if (hasServed) {
      restarts += 1
      logger.info({ restarts }, `${name} is back`)
    }
    hasServed = true
    first.resolve(null)
  }

  /** One life of the program. Resolves, after its end, with the reason. */
  async function live(): Promise<string> {
    const words = createLastWords((line) => logger.debug({ service: name }, line))
    const ended = new AbortController()
    const exited = Promise.withResolvers<string>()
    const started = start()
    child = started
    words.listen(started.stdout)
    words.listen(started.stderr)
    started.once('error', (error) => {
      // A failed kill is told in the same way, but there is a process.
      if (started.pid === undefined) exited.resolve(error.message)
    })
    started.once('close', (code, signal) =>
      exited.resolve(code === null ? `it was ended by ${signal}` : `it ended with exit code ${code}`),
    )
    const end = exited.promise.then((reason) => {
      child = null
      ended.abort()
      const said = words.lines()
      return said.length === 0 ? reason : `${reason}. It last said: ${said.join(' | ')}`
    })
    const [verdict, reason] = await Promise.all([
      watch(ended.signal).then((why) => {
        if (why !== null) signal(started, 'SIGKILL')
        return why
      }),
      end,
    ])
    return verdict ?? reason
  }

  function start() {
    const owner = childOwner()
    const [command, args] = guardCommand(program.command, program.args, owner)
    return spawn(command, args, {
      cwd: program.folder,
      // What this process was given to know, secrets among it, is not the program's to know.
      env: { PATH, LANG: 'C.UTF-8', HOME: program.folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Out of the terminal's reach: Ctrl-C is for this process, which lets people go first.
      detached: true,
      ...(owner !== null && !hasSetpriv() && owner),
    })
  }

  async function keepAlive(): Promise<void> {
    while (!closing.signal.aborted) {
      state = 'starting'
      const startedAt = clock.now()
      let reason: string
      try {
        await program.prepare?.()
        if (closing.signal.aborted) return
        reason = await live()
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
      }
      if (closing.signal.aborted) return
      state = 'down'
      first.resolve(reason)
      failures = clock.now() - startedAt >= STABLE_MS ? 1 : failures + 1
      const waitMs = backOffMs(failures, random())
      logger.warn({ failures, waitMs }, `${name} is down: ${reason}`)
      await wait(waitMs, closing.signal)
    }
  }

  const kept = keepAlive().finally(() => {
    state = 'stopped'
    first.resolve('it was stopped')
  })

  async function stop(): Promise<void> {
    closing.abort()
    const running = child
    if (running !== null) {
      signal(running, 'SIGTERM')
      const gone = new AbortController()
      void kept.then(() => gone.abort())
      await wait(STOP_GRACE_MS, gone.signal)
      if (!gone.signal.aborted) signal(running, 'SIGKILL')
    }
    await kept
  }

  return {
    name,
    state: () => state,
    restarts: () => restarts,
    pid: () => child?.pid ?? null,
    firstTry: first.promise,
    [Symbol.asyncDispose]: stop,
  }
}

/** Sends a signal, unless the child has ended meanwhile. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(name)
}
