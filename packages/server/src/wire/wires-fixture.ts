import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestCore, type TestCore } from '@parley/testkit/test-core'
import { SignJWT } from 'jose'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { WebSocket } from 'ws'
import type { Authenticator } from '../auth/authenticator.ts'
import { createAuthenticator } from '../auth/create-authenticator.ts'
import { type AttachWires, attachWires, type SecurityEvent, type Wires, type WiresConfig } from './attach-wires.ts'

/** Both wires on a real server, over a core with memory stores and a clock that stands still. */
export interface WiresFixture extends AsyncDisposable {
  readonly core: TestCore
  readonly wires: Wires
  readonly url: string
  readonly security: SecurityEvent[]
  /** What was logged as a warning or an error. */
  readonly logged: object[]
  /** A guest's. */
  token(userId: string, room?: string | null): Promise<string>
  /** That of somebody with an account of the site. */
  userToken(userId: string): Promise<string>
  /** A raw WebSocket, open. */
  raw(token: string): Promise<RawClient>
  /** A Socket.IO client, connected unless it is told to wait; to another `url` than this one's if that is given. */
  member(token: string, options?: Partial<ManagerOptions & SocketOptions> & { readonly url?: string }): Promise<Member>
}

export interface WireFrame {
  readonly type: string
  readonly [field: string]: unknown
}

/** A rooms client that keeps what it got. */
export class RawClient {
  readonly socket: WebSocket
  readonly frames: WireFrame[] = []
  readonly closed: Promise<number>
  #waiting: (() => void)[] = []

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)))
      for (const resolve of this.#waiting.splice(0)) resolve()
    })
    this.closed = new Promise((resolve) => socket.on('close', resolve))
    socket.on('error', () => undefined)
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The answer to a frame that is sent with a `ref`. */
  async ask(frame: { readonly type: string; readonly [field: string]: unknown }): Promise<WireFrame> {
    const ref = `ref-${Math.random()}`
    this.send({ ...frame, ref })
    return this.get((answer) => answer.ref === ref)
  }

  /** The first frame that fits, now or later; it is taken out. */
  async get(fits: (frame: WireFrame) => boolean): Promise<WireFrame> {
    for (;;) {
      const index = this.frames.findIndex(fits)
      const [frame] = index === -1 ? [] : this.frames.splice(index, 1)
      if (frame !== undefined) return frame
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  event(name: string): Promise<WireFrame> {
    return this.get((frame) => frame.type === 'room_event' && frame.event === name)
  }

  /** Enters a room and gives the `joined` event. */
  async join(roomId: string, fields: object = {}): Promise<WireFrame> {
    this.send({ type: 'join_room', roomId, ...fields })
    return this.event('joined')
  }
}

/** A messenger client that keeps what it got. */
export class Member {
  readonly socket: Socket
  readonly events: [string, Record<string, unknown>][] = []
  #waiting: (() => void)[] = []

  constructor(socket: Socket) {
    this.socket = socket
    socket.onAny((event: string, data: Record<string, unknown>) => {
      this.events.push([event, data])
      for (const resolve of this.#waiting.splice(0)) resolve()
    })
  }

  ask(event: string, ...data: unknown[]): Promise<Record<string, unknown>> {
    return this.socket.emitWithAck(event, ...data)
  }

  /** The data of the first such event, now or later; it is taken out. */
  async get(name: string): Promise<Record<string, unknown>> {
    for (;;) {
      const index = this.events.findIndex(([event]) => event === name)
      const [found] = index === -1 ? [] : this.events.splice(index, 1)
      if (found !== undefined) return found[1]
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
}

const SECRET = 'a secret for tests, of some length'
const CONFIG: WiresConfig = {
  serverId: 'test',
  pingIntervalMs: 25_000,
  pingTimeoutMs: 60_000,
  maxBufferBytes: 1_048_576,
  // Time jumps in these tests, and answers to pings need real time.
  heartbeatIntervalMs: 86_400_000,
  maxIdleMs: 1_800_000,
  idleTimeoutMs: 300_000,
  maxConnectionsPerAddress: 200,
  presenceLeaseMs: 86_400_000,
  corsCredentials: true,
  awayAfterMs: 300_000,
  rateLimits: true,
}

export async function openWires(
  overrides: Partial<WiresConfig> = {},
  originAllowed: (request: IncomingMessage) => boolean = () => true,
  /** What it shares with other nodes, and which tokens were taken back. */
  shared: { readonly core?: TestCore } & Pick<AttachWires, 'forwarder'> &
    Partial<Pick<Authenticator, 'isRevoked'>> = {},
): Promise<WiresFixture> {
  const config = { ...CONFIG, ...overrides }
  const core = shared.core ?? createTestCore({ presenceLeaseMs: config.presenceLeaseMs })
  const security: SecurityEvent[] = []
  const logged: object[] = []
  const log = (fields: object): void => {
    logged.push(fields)
  }
  const authenticator = createAuthenticator({ secrets: [SECRET], clock: core.clock })
  const server = createServer((_request, response) => response.writeHead(404).end('not a socket'))
  const wires = attachWires({
    server,
    core,
    bus: core.ports.bus,
    conversations: core.ports.conversations,
    limiter: core.ports.limiter,
    clock: core.clock,
    authenticator: shared.isRevoked === undefined ? authenticator : { ...authenticator, isRevoked: shared.isRevoked },
    logger: { info: () => undefined, warn: log, error: log },
    config,
    originAllowed,
    clientAddress: (request) => String(request.headers['x-test-address'] ?? '192.0.2.9'),
    security: (event) => security.push(event),
    ...(shared.forwarder !== undefined && { forwarder: shared.forwarder }),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const members: Socket[] = []
  return {
    core,
    wires,
    url,
    security,
    logged,
    async token(userId, room = null) {
      const { token } = await authenticator.signGuest({ userId, name: userId, room, role: null })
      return token
    },
    userToken(userId) {
      const issuedAt = Math.floor(core.clock.now() / 1000)
      return new SignJWT({ name: userId })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + 86_400)
        .sign(Buffer.from(SECRET))
    },
    async raw(token) {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['parley.v1', `bearer.${token}`])
      const client = new RawClient(socket)
      await once(socket, 'open')
      return client
    },
    async member(token, { url: otherUrl = url, ...options } = {}) {
      const socket = io(otherUrl, { auth: { token }, forceNew: true, reconnection: false, ...options })
      members.push(socket)
      const member = new Member(socket)
      if (options.autoConnect !== false) await member.get('connected')
      return member
    },
    async [Symbol.asyncDispose]() {
      for (const socket of members) socket.close()
      await wires.close()
      core.close()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Ann's room, of two hours, with Ann in it on the rooms wire, and whoever else is named. */
export async function roomWith(
  wires: WiresFixture,
  ...names: string[]
): Promise<{ roomId: string; ann: RawClient; others: RawClient[] }> {
  const roomId = await wires.core.openRoom({ minutes: 120 })
  const ann = await wires.raw(await wires.token('ann'))
  await ann.join(roomId)
  const others: RawClient[] = []
  for (const name of names) {
    const other = await wires.raw(await wires.token(name))
    await other.join(roomId, { name })
    others.push(other)
  }
  return { roomId, ann, others }
}

/** The same on the messenger wire, by WebSocket. */
export async function chatWith(
  wires: WiresFixture,
  ...names: string[]
): Promise<{ chatId: string; ann: Member; others: Member[] }> {
  const chatId = await wires.core.openRoom({ minutes: 120 })
  const [ann, ...others] = await Promise.all(
    ['ann', ...names].map(async (name) => wires.member(await wires.token(name), { transports: ['websocket'] })),
  )
  if (ann === undefined) throw new TypeError('Ann is always there')
  for (const member of [ann, ...others]) {
    const answer = await member.ask('chat:join', { chatId })
    if (answer.ok !== true) throw new Error(JSON.stringify(answer))
  }
  return { chatId, ann, others }
}
