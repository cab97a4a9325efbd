import { type ConnectionState, type ParleyClient, ParleyError } from '@parley/client'
import { expect, it, vi } from 'vitest'
import { openVoiceSession } from './voice-session.ts'
import { loadWebRtc } from './webrtc.ts'

/** Somebody who only listens in a chat, and whom nothing interests. */
const listener = async () => ({
  chatId: 'tea',
  selfId: 'bot',
  rtc: await loadWebRtc(),
  listenOnly: true,
  onPacket: () => undefined,
  onParticipants: () => undefined,
  onUnmuteAsked: () => undefined,
  onEnded: () => undefined,
  onClosed: () => undefined,
})

/** Alone in a chat's voice, on a line whose answers to `voice:leave` the test gives. */
async function openAlone(leave: () => Promise<unknown>) {
  const request = vi.fn(async (event: string): Promise<unknown> => {
    if (event === 'voice:leave') return leave()
    return { topology: 'mesh', iceServers: [], participants: [], e2ee: false }
  })
  let state: ConnectionState = { status: 'online', since: 0, transport: 'websocket' }
  const session = await openVoiceSession({
    client: {
      wire: { request, onEvent: () => () => undefined },
      getState: () => state,
      subscribe: () => () => undefined,
    },
    ...(await listener()),
  })
  return {
    session,
    leaves: () => request.mock.calls.filter(([event]) => event === 'voice:leave').length,
    breakLine() {
      state = { status: 'connecting', attempt: 1 }
    },
  }
}

const unavailable = () => new ParleyError('UNAVAILABLE', 'Not now.')

it('leaves again when the server could not take it', async () => {
  const leave = vi.fn<() => Promise<unknown>>().mockRejectedValueOnce(unavailable()).mockResolvedValue({})
  const { session, leaves } = await openAlone(leave)
  await session[Symbol.asyncDispose]()
  expect(leaves()).toBe(2)
})

it('leaves no more when the line has taken its place along, or the server says no', async () => {
  const cut = await openAlone(async () => {
    cut.breakLine()
    throw unavailable()
  })
  await cut.session[Symbol.asyncDispose]()
  const refused = await openAlone(() => Promise.reject(new ParleyError('NOT_IN_ROOM', 'You are not in it.')))
  await refused.session[Symbol.asyncDispose]()
  expect([cut.leaves(), refused.leaves()]).toEqual([1, 1])
})

it('says that it is over where it ended as it was opened', async () => {
  let tell: Parameters<ParleyClient['wire']['onEvent']>[0] = () => undefined
  const closed = vi.fn()
  const session = await openVoiceSession({
    client: {
      wire: {
        async request() {
          queueMicrotask(() => tell({ name: 'voice:ended', data: { chatId: 'tea', reason: 'elsewhere' } }))
          return { topology: 'mesh', iceServers: [], participants: [], e2ee: false }
        },
        onEvent(hear) {
          tell = hear
          return () => undefined
        },
      },
      getState: () => ({ status: 'online', since: 0, transport: 'websocket' }),
      subscribe: () => () => undefined,
    },
    ...(await listener()),
    onClosed: closed,
  })
  expect([session.isOver, closed.mock.calls.length]).toEqual([true, 1])
})
