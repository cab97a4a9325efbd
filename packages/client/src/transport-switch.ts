import type { Answer, ClientData, ClientEvent } from '@parley/protocol/messenger'
import { backOffMs } from './back-off.ts'
import type { Carrier } from './carrier.ts'
import type { TransportState } from './chat-manager-types.ts'
import { type Clock, createTimer } from './clock.ts'
import type { Connection } from './connection.ts'
import { createJoins } from './joins.ts'
import { createListeners } from './listeners.ts'
import { mayAskAgain } from './may-ask-again.ts'
import type { JoinView } from './replica.ts'

export interface TransportSwitchOptions {
  readonly sockets: Connection
  readonly http: Connection
  readonly clock: Clock
  /** The chats that are followed: the poll goes on until each is joined over the socket. */
  readonly chatIds: () => Iterable<string>
}

/** Chats over the socket server while it answers, else over HTTP: one stream, whichever way it goes. */
export interface TransportSwitch extends Carrier {
  getState(): TransportState
  subscribe(listener: () => void): () => void
  connect(): void
  close(): void
  readonly hasSockets: boolean
  /** Told true when the socket server can be asked, false when no longer. */
  onSockets(listener: (isUp: boolean) => void): () => void
  /** A chat was joined: what the answer says, also to those who did not ask. */
  onJoined(listener: (joined: { readonly chatId: string; readonly view: JoinView }) => void): () => void
  /** What we changed ourselves: it comes as an answer, and no event tells of it. */
  onOwnChange(listener: (change: { readonly name: string; readonly data: unknown }) => void): () => void
  /** Joins that `run` asks for go out together. */
  gather(run: () => void): void
}

/** Requests that change a message, and the event that tells others of it. */
const CHANGES = {
  'message:new': 'message:new',
  'message:edit': 'message:updated',
  'message:delete': 'message:updated',
} as const

/** Sockets that fail so often or so long give way to HTTP. */
const MAX_ATTEMPTS = 2
const MAX_WAIT_MS = 5000
/** While HTTP carries us, sockets are tried so seldom. */
const FIRST_RETRY_MS = 15_000
const LAST_RETRY_MS = 60_000

function slowBackOffMs(failures: number, random: number): number {
  const doublings = Math.max(0, failures - MAX_ATTEMPTS)
  return Math.round(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** doublings) * (0.8 + random * 0.2))
}

/** The wait between attempts at sockets: as ever, but seldom while HTTP carries us. */
export const createSocketBackOff =
  (isCarriedElsewhere: () => boolean) =>
  (failures: number, random: number): number =>
    isCarriedElsewhere() ? slowBackOffMs(failures, random) : backOffMs(failures, random)

export function createTransportSwitch({ sockets, http, clock, chatIds }: TransportSwitchOptions): TransportSwitch {
  const changed = createListeners<void>()
  const lineChanged = createListeners<boolean>()
  const socketsChanged = createListeners<boolean>()
  const events = createListeners<{ readonly name: string; readonly data: unknown }>()
  const joined = createListeners<{ readonly chatId: string; readonly view: JoinView }>()
  const ownChanges = createListeners<{ readonly name: string; readonly data: unknown }>()
  const patience = createTimer(clock)
  const joins = createJoins(requestNow)
  /** Chats whose events come over this socket. */
  const moved = new Set<string>()
  /** Attempts at sockets that failed since they were last up. */
  let failures = 0
  let over: 'unauthorized' | 'closed' | null = null
  let state: TransportState = { transport: 'connecting' }

  sockets.subscribe(() => {
    const { status } = sockets.getState()
    if (status === 'waiting') failures += 1
    if (status === 'connecting' && !patience.isSet) patience.set(MAX_WAIT_MS, fallBack)
    if (status === 'waiting' && failures >= MAX_ATTEMPTS) fallBack()
    if (status === 'ended') end('unauthorized')
    refresh()
  })
  http.subscribe(() => {
    if (http.getState().status === 'ended') end('unauthorized')
    refresh()
  })
  sockets.onEvent(events.tell)
  http.onEvent(events.tell)
  sockets.onLine((isUp) => {
    moved.clear()
    if (isUp) {
      failures = 0
      patience.clear()
      // Whoever was in over HTTP stays so until the answer: the chats move one by one.
      joins.gather(() => lineChanged.tell(true))
      socketsChanged.tell(true)
      restWhenMoved()
      return
    }
    socketsChanged.tell(false)
    patience.set(MAX_WAIT_MS, fallBack)
    joins.gather(() => lineChanged.tell(http.isUp))
  })
  http.onLine((isUp) => {
    if (!sockets.isUp) joins.gather(() => lineChanged.tell(isUp))
  })

  function fallBack(): void {
    if (over === null && !sockets.isUp) http.connect()
  }

  function restWhenMoved(): void {
    if (!sockets.isUp || http.getState().status === 'idle') return
    for (const chatId of chatIds()) if (!moved.has(chatId)) return
    http.rest()
  }

  /** No token is accepted any more: on one way as on the other. */
  function end(reason: 'unauthorized' | 'closed'): void {
    if (over !== null) return
    over = reason
    patience.clear()
    sockets.close()
    http.close()
  }

  function next(): TransportState {
    const now = clock.now()
    const socket = sockets.getState()
    const fallback = http.getState()
    if (over !== null) return { transport: 'ended', reason: over }
    if (socket.status === 'online') return { transport: socket.transport, since: socket.since }
    const retryAt = socket.status === 'waiting' ? socket.retryAt : now
    if (fallback.status === 'online') return { transport: 'http', since: fallback.since, retryAt }
    const isOffline = socket.status === 'waiting' && socket.reason === 'device-offline'
    const hasFailed = fallback.status === 'waiting' || (fallback.status === 'connecting' && fallback.attempt > 1)
    if (!isOffline && !hasFailed) return { transport: 'connecting' }
    return {
      transport: 'offline',
      reason: isOffline ? 'device-offline' : 'unreachable',
      since: state.transport === 'offline' ? state.since : now,
      retryAt: fallback.status === 'waiting' ? Math.min(retryAt, fallback.retryAt) : retryAt,
    }
  }

  function refresh(): void {
    const before = state
    state = next()
    if (JSON.stringify(state) === JSON.stringify(before)) state = before
    else changed.tell()
  }

  /** By the way on which the chat is. */
  function requestNow<E extends ClientEvent>(event: E, data: ClientData<E>): Promise<Answer<E>> {
    if (!sockets.isUp) return http.request(event, data)
    const chatId = 'chatId' in data ? data.chatId : undefined
    const isStillThere = chatId !== undefined && http.isUp && !moved.has(chatId) && event !== 'chat:join'
    return isStillThere ? http.request(event, data) : sockets.request(event, data)
  }

  async function change<E extends keyof typeof CHANGES>(event: E, data: ClientData<E>): Promise<Answer<E>> {
    const answer = await requestNow(event, data)
    queueMicrotask(() => ownChanges.tell({ name: CHANGES[event], data: answer.message }))
    return answer
  }

  async function join(data: ClientData<'chat:join'>): Promise<Answer<'chat:join'>> {
    const isSocket = sockets.isUp
    const { chatId } = data
    try {
      const answer = await joins.join(data)
      if (!('waiting' in answer)) queueMicrotask(() => joined.tell({ chatId, view: answer }))
      if (isSocket) settle(chatId)
      return answer
    } catch (error) {
      if (isSocket && !mayAskAgain(error)) settle(chatId)
      throw error
    }
  }

  function settle(chatId: string): void {
    if (!sockets.isUp) return
    moved.add(chatId)
    restWhenMoved()
  }

  return {
    getState: () => state,
    subscribe: changed.add,
    connect() {
      if (over !== null) return
      sockets.connect()
      if (http.getState().status === 'waiting') http.connect()
    },
    close() {
      end('closed')
      refresh()
    },
    request: ((event, data) => {
      if (event === 'chat:join') return join(data as ClientData<'chat:join'>)
      if (event in CHANGES) return change(event as keyof typeof CHANGES, data as ClientData<keyof typeof CHANGES>)
      return requestNow(event, data)
    }) as Carrier['request'],
    noteActivity: sockets.noteActivity,
    reauthenticate() {
      if (sockets.isUp) sockets.reauthenticate()
      else http.reauthenticate()
    },
    gather: joins.gather,
    onLine: lineChanged.add,
    onEvent: events.add,
    onSockets: socketsChanged.add,
    onJoined: joined.add,
    onOwnChange: ownChanges.add,
    get hasSockets() {
      return sockets.isUp
    },
    get isUp() {
      return sockets.isUp || http.isUp
    },
    get userId() {
      return sockets.userId ?? http.userId
    },
    get clockOffsetMs() {
      return sockets.userId === null ? http.clockOffsetMs : sockets.clockOffsetMs
    },
  }
}
