import type { ConversationId, MediaEvent, MediaPlane, MediaSignal, SessionId } from '@parley/core'
import { io, type Socket } from 'socket.io-client'
import { createVoiceLine } from './janus/voice-peer-fixture.ts'

/** A machine that has much else to do may stand still for seconds. */
const ANSWER_WAIT_MS = 20_000

/** Asks the server at this address; with a body it is posted. */
export async function rest<T>(url: string, token: string | null, body?: object): Promise<T> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token !== null && { Authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return (await response.json()) as T
}

/** A media plane as peers see it, over the socket of one person in the room. */
function planeOver(socket: Socket, chatId: string) {
  const ask = async (event: string, data: object) => {
    const answer = (await socket.timeout(ANSWER_WAIT_MS).emitWithAck(event, { chatId, ...data })) as {
      ok: boolean
      error?: object
    }
    if (!answer.ok) throw Object.assign(new Error(`${event} failed`), answer.error)
    return answer
  }
  let hear: (event: MediaEvent) => void = () => undefined
  const [conversationId, sessionId] = [chatId as ConversationId, 'own' as SessionId]
  socket.on('voice:signal', (signal: MediaSignal) =>
    hear({ type: 'signal', conversationId, sessionId, from: null, signal }),
  )
  socket.on('voice:moved', () => hear({ type: 'moved', conversationId }))
  const plane = {
    topology: 'sfu',
    join: async () => void (await ask('voice:join', {})),
    leave: async () => void (await ask('voice:leave', {})),
    signal: async (_seat: unknown, signal: MediaSignal) => void (await ask('voice:signal', signal)),
    onEvent(listener: (event: MediaEvent) => void) {
      hear = listener
    },
  } as unknown as MediaPlane
  return { ask, plane }
}

/** Somebody in a room on the server at this address, who can talk and listen. */
export async function person(url: string, token: string, roomId: string, name: string) {
  const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true })
  await new Promise((resolve) => socket.once('connect', () => resolve(null)))
  await socket.timeout(ANSWER_WAIT_MS).emitWithAck('chat:join', { chatId: roomId })
  const { ask, plane } = planeOver(socket, roomId)
  const line = createVoiceLine(plane)
  const voice = line.peer(name, { conversation: roomId, session: 'own' })
  const userId: string = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub
  return {
    ask,
    voice,
    userId,
    socket,
    close() {
      line[Symbol.dispose]()
      socket.disconnect()
    },
  }
}
