import { site } from '@parley/protocol'
import { io, type Socket } from 'socket.io-client'
import { createInbox } from './inbox.ts'
import type { Transport } from './messenger-client.ts'

interface SiteEvent {
  readonly event: string
  readonly data: Record<string, unknown>
}

/** The official Socket.IO client on the site wire: no reconnecting, no queue. Every event is held against its schema. */
export interface SiteClient extends Disposable {
  readonly socket: Socket
  /** Emits and gives the answer's data; throws for a refusal. */
  ask<E extends keyof typeof site.answers & site.ClientEvent>(
    event: E,
    data: site.ClientData<E>,
  ): Promise<site.Answer<E>>
  /** The next event of this name that fits. */
  next<E extends site.ServerEvent>(
    event: E,
    fits?: (data: site.ServerData<E>) => boolean,
    waitMs?: number,
  ): Promise<site.ServerData<E>>
  /** Why the connection ended. */
  readonly ended: Promise<string>
}

const ANSWER_WAIT_MS = 20_000

/** Connects without a token and authenticates; rejects when either fails. */
export async function openSiteClient(
  url: string,
  token: string,
  transport: Transport = 'websocket',
): Promise<SiteClient> {
  const socket = io(url, {
    transports: transport === 'upgrading' ? ['polling', 'websocket'] : [transport],
    reconnection: false,
    forceNew: true,
    timeout: ANSWER_WAIT_MS,
  })
  const inbox = createInbox<SiteEvent>()
  socket.onAny((event: string, data: unknown) => {
    const schema = site.serverMessages[event as site.ServerEvent]
    if (schema === undefined) throw new Error(`an event that the protocol does not know: ${event}`)
    inbox.push({ event, data: schema.parse(data) as Record<string, unknown> })
  })
  const ended = new Promise<string>((resolve) => socket.once('disconnect', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', (error) => {
      socket.close()
      reject(error)
    })
    // The line can end between the transport's handshake and the wire's: then there is no `connect_error`.
    void ended.then(reject)
  })
  const client: SiteClient = {
    socket,
    ended,
    async ask(event, data) {
      const { ok, error, ...answer } = await socket.timeout(ANSWER_WAIT_MS).emitWithAck(event, data)
      if (ok !== true) throw new Error(`${event} was refused: ${JSON.stringify(error)}`)
      return site.answers[event].parse(answer) as site.Answer<typeof event>
    },
    async next(event, fits = () => true, waitMs) {
      type Data = site.ServerData<typeof event>
      const found = await inbox.next((item) => item.event === event && fits(item.data as Data), event, waitMs)
      return found.data as Data
    },
    [Symbol.dispose]: () => void socket.close(),
  }
  await Promise.race([
    client.ask('authenticate', { token }),
    ended.then((reason) => Promise.reject(new Error(`ended before it was authenticated: ${reason}`))),
  ])
  return client
}
