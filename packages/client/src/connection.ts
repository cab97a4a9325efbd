import type { ErrorCode } from '@parley/protocol/constants'
import type { Answer, ClientData, ClientEvent, ServerData } from '@parley/protocol/messenger'
import { backOffMs } from './back-off.ts'
import { type Clock, createTimer } from './clock.ts'
import type { Device } from './device.ts'
import type { Line, LineEnd, OpenLine, TransportName } from './line.ts'
import { watchLine } from './line-watch.ts'
import { createListeners } from './listeners.ts'
import { ParleyError } from './parley-error.ts'
import { createRequests } from './requests.ts'
import type { Timings } from './timings.ts'
import type { TokenSource } from './token-source.ts'
import type { ConnectionReason, ConnectionState } from './types.ts'

export interface ConnectionOptions {
  readonly url: string | undefined
  readonly tokens: TokenSource
  readonly openLine: OpenLine
  readonly clock: Clock
  readonly device: Device
  readonly timings: Timings
  /** 0 ≤ x < 1 */
  readonly random: () => number
  /** How long to wait after so many failures in a row; by `backOffMs` when absent. */
  readonly backOff?: (failures: number, random: number) => number
  /** A cheap request that shows whether the line is alive; `null` when there is nothing to ask. */
  readonly probe: () => { readonly event: ClientEvent; readonly data: unknown } | null
}

/** The connection of a client: one line at a time, opened again whenever it breaks. */
export interface Connection {
  getState(): ConnectionState
  subscribe(listener: () => void): () => void
  connect(): void
  close(): void
  /** Hangs up until `connect` is called. */
  rest(): void
  /** Rejects with `ParleyError`; `UNAVAILABLE` when there is no line or it breaks before the answer. */
  request<E extends ClientEvent>(event: E, data: ClientData<E>): Promise<Answer<E>>
  /** The person did something: ends a wait for activity. */
  noteActivity(): void
  /** The server says that our token is not good on this line: connect anew with the latest one. */
  reauthenticate(): void
  /** Told true when requests may go out, false when no longer. */
  onLine(listener: (isUp: boolean) => void): () => void
  onEvent(listener: (event: { readonly name: string; readonly data: unknown }) => void): () => void
  readonly isUp: boolean
  /** Who we are to the server; `null` before the first greeting. */
  readonly userId: string | null
  readonly clockOffsetMs: number
}

/** Back-off starts over only after the line held for so long: one that breaks at once is no success. */
const STABLE_MS = 5000
/** Without any request for so long, a server that hangs up did so for idleness. */
const IDLE_AT_LEAST_MS = 60_000
/** A server that said it goes down, and is not there, counts as restarting for so long. */
const RESTART_MS = 60_000
/** How often it is looked whether everything is answered before a line is left. */
const DRAIN_STEP_MS = 20

export function createConnection(options: ConnectionOptions): Connection {
  const { clock, device, tokens, timings, random, backOff = backOffMs } = options
  const changed = createListeners<void>()
  const lineChanged = createListeners<boolean>()
  const events = createListeners<{ readonly name: string; readonly data: unknown }>()
  const retry = createTimer(clock)
  const attemptLimit = createTimer(clock)
  const stable = createTimer(clock)
  const drain = createTimer(clock)
  const renewal = createTimer(clock)

  let state: ConnectionState = { status: 'idle' }
  let line: Line | null = null
  /** Raised with every attempt: what an earlier one brings late is not listened to. */
  let run = 0
  /** Attempts since the line was last up, for those who watch. */
  let attempts = 0
  /** In a row, for the back-off. */
  let failures = 0
  let transports: readonly TransportName[] = ['websocket', 'polling']
  let lastHeardAt = 0
  let lastSentAt = 0
  /** When the server wants us to come back, once it has said that it goes down. */
  let returnAt: number | null = null
  /** Until then nobody wonders that the server is not there: it said so. */
  let restartsUntil = 0
  /** What the server complained of last on this line, outside any answer. */
  let complaint: ErrorCode | null = null
  let userId: string | null = null
  let clockOffsetMs = 0

  const requests = createRequests(clock, (sentAt) => {
    if (lastHeardAt <= sentAt) reset()
  })
  const watch = watchLine(
    { clock, device, timings },
    {
      isUp: () => state.status === 'online',
      heardAt: () => lastHeardAt,
      sentAt: () => lastSentAt,
      probe,
      hurry,
      offline: () => {
        if (state.status === 'online' || state.status === 'connecting') ended({ kind: 'lost' })
      },
      activity: noteActivity,
    },
  )

  function setState(next: ConnectionState): void {
    const wasUp = state.status === 'online'
    const isUp = next.status === 'online'
    state = next
    if (wasUp && !isUp) {
      requests.fail()
      lineChanged.tell(false)
    }
    changed.tell()
    if (isUp && !wasUp && state === next) lineChanged.tell(true)
  }

  function dropLine(): void {
    run += 1
    for (const timer of [retry, attemptLimit, stable, drain, renewal]) timer.clear()
    line?.close()
    line = null
  }

  function attempt(): void {
    dropLine()
    watch.start()
    const mine = run
    complaint = null
    returnAt = null
    attempts += 1
    setState({ status: 'connecting', attempt: attempts })
    if (mine !== run) return
    attemptLimit.set(timings.attemptMs, () => ended({ kind: 'unreachable', silent: true }))
    tokens.next().then(
      (token) => {
        if (mine !== run) return
        if (token === null) end('unauthorized')
        else openLine(token)
      },
      () => mine === run && ended({ kind: 'unreachable', silent: false }),
    )
  }

  function openLine(token: string): void {
    const mine = run
    const ifMine =
      <A extends readonly unknown[]>(listener: (...args: A) => void) =>
      (...args: A): void => {
        if (mine === run) listener(...args)
      }
    line = options.openLine(
      { url: options.url, token, transports },
      {
        opened: ifMine(opened),
        transportChanged: ifMine((transport: TransportName) => {
          if (state.status === 'online') setState({ ...state, transport })
        }),
        heard: ifMine(() => {
          lastHeardAt = clock.now()
        }),
        event: ifMine(received),
        ended: ifMine((end: LineEnd) => {
          const code = end.kind === 'refused' ? end.code : complaint
          if (code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED') tokens.refuse(token)
          ended(end)
        }),
      },
    )
  }

  function opened(greeting: ServerData<'connected'>, transport: TransportName): void {
    const now = clock.now()
    attemptLimit.clear()
    tokens.accept()
    userId = greeting.userId
    clockOffsetMs = greeting.timestamp - now
    lastHeardAt = now
    lastSentAt = now
    attempts = 0
    restartsUntil = 0
    stable.set(STABLE_MS, () => {
      failures = 0
    })
    setState({ status: 'online', since: now, transport })
  }

  /** The line is gone, or the attempt failed: says why and waits for the next one. */
  function ended(end: LineEnd): void {
    const { reason, delayMs } = next(end)
    // Whoever was asked to come back at a time comes then, also when the line did not hold so long.
    const mustWaitMs = returnAt === null ? 0 : Math.max(0, returnAt - clock.now())
    const wasUp = state.status === 'online'
    dropLine()
    failures += 1
    if (end.kind === 'unreachable' && end.silent) transports = [...transports].reverse()
    if (reason === 'idle' && wasUp) failures = 0
    if (mustWaitMs > 0) wait('draining', Math.max(mustWaitMs, delayMs))
    else wait(reason, delayMs)
  }

  function next(end: LineEnd): { readonly reason: ConnectionReason; readonly delayMs: number } {
    const delayMs = backOff(failures, random())
    if (!device.isOnline()) return { reason: 'device-offline', delayMs: Math.max(delayMs, backOff(6, random())) }
    switch (end.kind) {
      case 'unreachable':
        return {
          reason: clock.now() < restartsUntil ? 'draining' : 'unreachable',
          delayMs: failures === 0 ? backOff(1, random()) : delayMs,
        }
      case 'refused':
        return { reason: 'unreachable', delayMs: Math.max(delayMs, end.retryAfterMs ?? 0) }
      case 'hung-up': {
        const isQuiet = clock.now() - lastSentAt >= IDLE_AT_LEAST_MS
        const isIdle = isQuiet && (complaint === null || complaint === 'UNAVAILABLE')
        if (isIdle && device.hasPerson) return { reason: 'idle', delayMs: Number.POSITIVE_INFINITY }
        return { reason: 'lost', delayMs }
      }
      case 'lost':
        return { reason: 'lost', delayMs }
    }
  }

  function wait(reason: ConnectionReason, delayMs: number): void {
    if (Number.isFinite(delayMs)) retry.set(delayMs, attempt)
    setState({ status: 'waiting', reason, retryAt: clock.now() + delayMs, attempt: attempts + 1 })
  }

  function end(reason: 'unauthorized' | 'closed'): void {
    dropLine()
    watch.stop()
    setState({ status: 'ended', reason })
  }

  /** Goes on to a new line at once. */
  function reset(): void {
    if (state.status === 'online') ended({ kind: 'lost' })
  }

  function hurry(): void {
    if (state.status === 'waiting' && state.reason !== 'draining') attempt()
  }

  function noteActivity(): void {
    if (state.status === 'waiting' && state.reason === 'idle') attempt()
  }

  function probe(): void {
    const question = options.probe()
    if (line === null || state.status !== 'online' || question === null) return
    lastSentAt = clock.now()
    // Any answer will do; none at all ends the line.
    requests.send(line, question.event, question.data, timings.probeMs).catch(() => undefined)
  }

  function received(name: string, data: unknown): void {
    if (name === 'server:draining') draining((data as ServerData<'server:draining'>).reconnectAfterMs)
    else if (name === 'token:expiring') renewToken((data as ServerData<'token:expiring'>).at)
    else if (name === 'error') noteComplaint(data as ServerData<'error'>)
    else events.tell({ name, data })
  }

  /** One about an event of ours is no reason to hang up. */
  function noteComplaint({ code, event }: ServerData<'error'>): void {
    if (event === undefined) complaint = code
  }

  /** Goes on here until the time that the server gave, then leaves when the requests under way are answered, and comes back at once. */
  function draining(reconnectAfterMs: number): void {
    const leaveAt = clock.now() + reconnectAfterMs
    returnAt = leaveAt
    restartsUntil = leaveAt + RESTART_MS
    const leave = (): void => {
      if (requests.count > 0 && clock.now() < leaveAt + timings.drainGraceMs) {
        drain.set(DRAIN_STEP_MS, leave)
        return
      }
      dropLine()
      wait('draining', 0)
    }
    drain.set(reconnectAfterMs, leave)
  }

  function renewToken(at: number): void {
    const mine = run
    tokens
      .renew((data) => request('auth:refresh', data))
      .catch(() => {
        if (mine !== run || clock.now() + clockOffsetMs >= at) return
        renewal.set(backOffMs(5, random()), () => renewToken(at))
      })
  }

  async function request<E extends ClientEvent>(event: E, data: ClientData<E>): Promise<Answer<E>> {
    if (line === null || state.status !== 'online') {
      throw new ParleyError('UNAVAILABLE', 'There is no connection to the server.')
    }
    lastSentAt = clock.now()
    return (await requests.send(line, event, data, timings.requestMs)) as Answer<E>
  }

  return {
    getState: () => state,
    subscribe: changed.add,
    connect() {
      if (state.status === 'idle' || state.status === 'waiting') attempt()
      else if (state.status === 'ended' && state.reason === 'unauthorized') attempt()
    },
    close() {
      if (state.status !== 'ended' || state.reason !== 'closed') end('closed')
    },
    rest() {
      if (state.status === 'ended') return
      dropLine()
      watch.stop()
      failures = 0
      attempts = 0
      setState({ status: 'idle' })
    },
    request,
    noteActivity,
    reauthenticate: reset,
    onLine: lineChanged.add,
    onEvent: events.add,
    get isUp() {
      return state.status === 'online'
    },
    get userId() {
      return userId
    },
    get clockOffsetMs() {
      return clockOffsetMs
    },
  }
}
