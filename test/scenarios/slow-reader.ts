import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { CLOSE_CODES, messenger, type rooms, type site } from '@parley/protocol'
import { WebSocket } from 'ws'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { openRoomsClient } from '../clients/rooms-client.ts'
import { siteChange } from './chat-line.ts'

/** Somebody who comes in, then takes nothing that is sent, and later reads again. */
export interface SlowReader extends Disposable {
  /** Takes what waits for them. */
  readAgain(): void
  /** Comes back once the line is cut. Resolves with all that was said since they came, as they were told. */
  catchUp(upToRev: number): Promise<readonly string[]>
}

export interface SlowSeat {
  readonly url: string
  readonly token: string
  readonly conversationId: string
}

/** Who reads nothing for longer after that is cut off without a word. */
const GOODBYE_MS = 25_000
/** Recovery of megabytes, on a busy machine. */
const PATIENCE_MS = 30_000
/** Each of them is answered once there is something. */
const UNREAD_POLLS = 3

interface Told {
  readonly rev: number
  readonly text: string | null
}

/** What somebody is told, by place: once, and in order, or it throws. */
function createTelling(start: { readonly epoch: string; readonly rev: number }) {
  let { rev } = start
  const texts: string[] = []
  return {
    get position() {
      return { epoch: start.epoch, rev }
    },
    texts,
    take(told: Told): void {
      if (told.rev !== rev + 1) throw new Error(`told of ${told.rev} after ${rev}`)
      rev = told.rev
      if (told.text !== null) texts.push(told.text)
    },
  }
}

/** A raw WebSocket whose window closes. */
export async function openSlowRooms({ url, token, conversationId }: SlowSeat): Promise<SlowReader> {
  const address = `${url.replace(/^http/, 'ws')}/ws`
  const frames: rooms.RoomEvent[] = []
  const socket = new WebSocket(address, ['parley.v1', `bearer.${token}`])
  const joined = Promise.withResolvers<rooms.RoomEvent<'joined'>>()
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data))
    if (frame.type !== 'room_event') return
    if (frame.event === 'joined') joined.resolve(frame)
    else frames.push(frame)
  })
  socket.on('error', joined.reject)
  const closed = once(socket, 'close')
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'join_room', roomId: conversationId }))
  const { room } = await joined.promise
  socket.pause()
  const pausedAt = performance.now()
  const telling = createTelling(room)
  const take = (frame: rooms.RoomEvent): void => {
    if ('rev' in frame) telling.take({ rev: frame.rev, text: frame.event === 'message' ? frame.message.text : null })
  }
  return {
    readAgain: () => socket.resume(),
    async catchUp(upToRev) {
      const [code] = await closed
      const isTold = code === CLOSE_CODES.tooSlow || performance.now() - pausedAt > GOODBYE_MS
      if (!isTold) throw new Error(`closed with ${code}, not as too slow`)
      for (const frame of frames) take(frame)
      using back = await openRoomsClient(url, token)
      const asked = back.ask('join_room', { roomId: conversationId, since: telling.position })
      asked.catch(() => undefined)
      const { recovered, missed } = await back.event('joined', PATIENCE_MS)
      if (!recovered) throw new Error('not recovered')
      for (const frame of missed) take(frame)
      if (telling.position.rev < upToRev) throw new Error(`told up to ${telling.position.rev} of ${upToRev}`)
      return telling.texts
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
}

/** Comes back to the messenger wire and takes what it missed. */
async function comeBack(seat: SlowSeat, telling: ReturnType<typeof createTelling>): Promise<void> {
  using back = await openMessengerClient(seat.url, seat.token)
  const asked = { chatId: seat.conversationId, since: telling.position }
  const joined = await back.socket.timeout(PATIENCE_MS).emitWithAck('chat:join', asked)
  if (joined.recovered !== true) throw new Error('not recovered')
  for (const { event, data } of joined.changes) telling.take(toldByMessenger(event, data))
}

function toldByMessenger(event: string, data: unknown): Told {
  const { rev, encryptedContent } = data as messenger.Message
  return { rev, text: event === 'message:new' ? encryptedContent : null }
}

/** Socket.IO on a WebSocket whose window closes. */
export async function openSlowMessenger(seat: SlowSeat): Promise<SlowReader> {
  const client = await openMessengerClient(seat.url, seat.token)
  const told: Told[] = []
  client.socket.onAny((event: string, data: unknown) => {
    if (event in messenger.durableEvents) told.push(toldByMessenger(event, data))
  })
  const joined = await client.ask('chat:join', { chatId: seat.conversationId })
  const { ws } = client.socket.io.engine.transport as unknown as { readonly ws: WebSocket }
  ws.pause()
  const telling = createTelling(joined as { epoch: string; rev: number })
  return {
    readAgain: () => ws.resume(),
    async catchUp(upToRev) {
      await client.ended
      for (const each of told) telling.take(each)
      await comeBack(seat, telling)
      if (telling.position.rev < upToRev) throw new Error(`told up to ${telling.position.rev} of ${upToRev}`)
      return telling.texts
    },
    [Symbol.dispose]: client[Symbol.dispose],
  }
}

/** Socket.IO's long polling, by somebody who does not poll. */
export async function openSlowPolling(seat: SlowSeat): Promise<SlowReader> {
  const base = `${seat.url}/socket.io/?EIO=4&transport=polling`
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1)) as { sid: string }
  const own = `${base}&sid=${sid}`
  const poll = async (): Promise<Response> => fetch(own)
  await fetch(own, { method: 'POST', body: `40${JSON.stringify({ token: seat.token })}` })
  await (await poll()).text()
  await fetch(own, { method: 'POST', body: `421["chat:join",${JSON.stringify({ chatId: seat.conversationId })}]` })
  let joined: { readonly epoch: string; readonly rev: number } | null = null
  while (joined === null) {
    const packets = (await (await poll()).text()).split('\x1e')
    const answer = packets.find((packet) => packet.startsWith('431'))
    if (answer !== undefined) joined = JSON.parse(answer.slice(3))[0]
  }
  const telling = createTelling(joined)
  return {
    readAgain: () => undefined,
    async catchUp(upToRev) {
      const { status } = await poll()
      if (status !== 400) throw new Error(`polling went on with ${status}`)
      await comeBack(seat, telling)
      if (telling.position.rev < upToRev) throw new Error(`told up to ${telling.position.rev} of ${upToRev}`)
      return telling.texts
    },
    [Symbol.dispose]: () => undefined,
  }
}

/** The HTTP poll, asked for again and again by somebody who reads no answer. */
export async function openSlowPoll({ url, token, conversationId }: SlowSeat): Promise<SlowReader> {
  const headers = { authorization: `Bearer ${token}` }
  const ask = async (cursor: string): Promise<site.PollAnswer> => {
    const query = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`
    const response = await fetch(`${url}/api/messenger/poll${query}`, { headers })
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return (await response.json()) as site.PollAnswer
  }
  let { cursor } = await ask('')
  const { hostname, port, host } = new URL(url)
  const sockets: Socket[] = []
  const askOnly = (): void => {
    const socket = connect(Number(port), hostname).pause()
    socket.on('error', () => undefined)
    sockets.push(socket)
    const path = `/api/messenger/poll?cursor=${encodeURIComponent(cursor)}&wait=25`
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`)
  }
  for (let asked = 0; asked < UNREAD_POLLS; asked += 1) askOnly()
  return {
    readAgain: () => undefined,
    async catchUp() {
      const texts: string[] = []
      for (let hasMore = true; hasMore; ) {
        const news = await ask(cursor)
        cursor = news.cursor
        hasMore = news.hasMore
        for (const event of news.events) {
          const { conversationId: at, said } = siteChange(event as { event: string; data: unknown })
          if (at === conversationId && said !== null && event.event === 'message:new') texts.push(said.text)
        }
      }
      return texts
    },
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
