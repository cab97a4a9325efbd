import { randomBytes } from 'node:crypto'
import { type ChatHandle, ChatManager, createMemoryOutbox, createParleyClient, createRestApi } from '@parley/client'
import { createRoomKey } from '@parley/client/e2ee'
import { spawnServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { expect, test } from 'vitest'
import { createRoom } from './parley-bot.ts'
import { searchRemains } from './server-remains.ts'

/** Nobody else says this, and it is nowhere in the program. */
const SAID = 'marmalade at the 7th lighthouse'
const REPLIED = 'zebras in the 9th orchard'
const EDITED = 'zebras in the 11th orchard'
const TEXTS = [SAID, REPLIED, EDITED]

const reads = (chat: ChatHandle, ...texts: readonly string[]): Promise<void> =>
  expect
    .poll(() =>
      chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item.message.encryptedContent] : [])),
    )
    .toEqual(texts)

/** Two people talk in a room, one of them changes what they said, and somebody comes later. */
async function talk(url: string, key: string | null): Promise<void> {
  const { roomId, token } = await createRoom(url, { encrypted: key !== null })
  const { token: other } = await createRestApi({ url }).joinRoom({ roomId, participantName: 'Bo' })
  const clients = [token, other, other].map((each) => createParleyClient({ url, getToken: () => each }))
  const open = (index: number) => clients[index]?.openChat(roomId, key === null ? {} : { key }) as ChatHandle
  const [ada, bo] = [open(0), open(1)]
  ada.send({ content: SAID })
  await reads(bo, SAID)
  const tempId = bo.send({ content: REPLIED })
  await reads(ada, SAID, REPLIED)
  const sent = bo.getSnapshot().timeline.find((item) => item.key === tempId)
  await bo.edit(sent?.kind === 'message' ? sent.message.id : '', EDITED)
  await reads(ada, SAID, EDITED)
  await reads(open(2), SAID, EDITED)
  for (const client of clients) client.close()
}

test('a server has nothing of what was said in an encrypted room, nor its key: not in memory, files or log', async () => {
  await using server = await spawnServer()
  const key = createRoomKey()
  await talk(server.url, key)
  const { memoryBytes, ...remains } = await searchRemains(server, [...TEXTS, key])
  expect(remains).toEqual({ memory: [], files: [] })
  expect(memoryBytes).toBeGreaterThan(20_000_000)
})

test('the same search finds in memory what was said in another room', async () => {
  await using server = await spawnServer()
  await talk(server.url, null)
  expect((await searchRemains(server, TEXTS)).memory).toEqual(expect.arrayContaining([SAID, EDITED]))
})

test('and in the file of the database what was said in a conversation that lasts', async () => {
  const secret = randomBytes(36).toString('base64')
  await using server = await spawnServer({ JWT_SECRET: secret })
  const getToken = () => signSiteToken(secret, 'ada')
  const manager = ChatManager({ wsServer: server.url, getToken, outbox: createMemoryOutbox() })
  await manager.createConversation({ id: 'alpha', name: 'Alpha', members: [{ userId: 'bo' }] })
  const chat = manager.open('alpha')
  chat.send({ content: REPLIED })
  await expect.poll(() => chat.getSnapshot().timeline.at(-1)).toMatchObject({ status: 'sent' })
  manager.close()
  expect((await searchRemains(server, TEXTS)).files).toEqual([REPLIED])
})
