import { startServer } from '@parley/testkit'
import { expect, it } from 'vitest'
import { createRestClient } from '../clients/rest-client.ts'
import type { ChaosClient } from './client.ts'
import { compareTold } from './find-ghosts.ts'
import { createLineClient } from './line-client.ts'
import type { OpenLine } from './lines/line.ts'
import { onMessenger } from './lines/messenger-line.ts'
import { onRooms } from './lines/rooms-line.ts'
import { createRecorder } from './recorder.ts'

it('knows of each client of a room whom it was told to be there: those who came, hung up, left for good and came back', async () => {
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await startServer({ rateLimits: 'off' }))
  const rest = createRestClient(url)
  const { roomId, token: hostToken } = await rest.createRoom()

  async function enter(way: string, open: OpenLine): Promise<ChaosClient> {
    const { token } = await rest.joinRoom(roomId, `by ${way}`)
    const { sub: userId } = JSON.parse(atob(token.split('.')[1] ?? '')) as { sub: string }
    const recorder = createRecorder(
      { client: way, userId, way },
      () => 0,
      (_id, change) => change,
    )
    const client = createLineClient({ name: way, userId, token, url, conversationIds: [roomId] }, way, open, recorder)
    stack.use(client)
    await client.start()
    return client
  }
  const [first, second, third] = [
    await enter('WebSocket', onRooms),
    await enter('polling', onMessenger('polling')),
    await enter('Socket.IO', onMessenger('websocket')),
  ]
  const place = { id: roomId, kind: 'room' as const, hostToken, clients: [first, second, third] }
  await expect.poll(() => compareTold(place, [])).toEqual([])
  expect(first.presentIn(roomId)).toEqual(new Set([first, second, third].map(({ userId }) => userId)))

  second.attempt('leave', roomId)
  // It is away for a moment alone.
  const wasSeenToGo = () =>
    first.history?.entries.some(
      (seen) => seen.what === 'told' && seen.change.kind === 'went' && seen.change.userId === second.userId,
    )
  await expect.poll(wasSeenToGo).toBe(true)
  await expect.poll(() => compareTold(place, [])).toEqual([])

  third.close()
  await expect.poll(() => compareTold(place, [third])).toEqual([])
  expect(compareTold(place, [])).not.toEqual([])
})
