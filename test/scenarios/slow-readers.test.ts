import { randomBytes } from 'node:crypto'
import { spawnServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { expect, it } from 'vitest'
import { residentBytesOf } from '../../bench/src/peers/process-figures.ts'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { openRoomsClient } from '../clients/rooms-client.ts'
import { openSiteClient } from '../clients/site-client.ts'
import { createGroups } from './site-chats.ts'
import { openSlowMessenger, openSlowPoll, openSlowPolling, openSlowRooms, type SlowSeat } from './slow-reader.ts'

/** In the room, and in a conversation beside it. */
const SLOW = { rooms: 55, messenger: 15, polling: 10, poll: 20 }
const IN_ROOM = 150
const BESIDE = 30
/** Three bytes on the line for each letter. */
const LONG = '界'.repeat(20_000)
const MEGABYTE = 1024 * 1024
/**
 * What a hundred may be behind before they are closed: 4 MB each. The peak is measured, with all that is not
 * collected yet: 165 to 260 here, as what is said is held once for all of them.
 */
const MOST_GROWTH_MB = 400
const MANY = '1000000'

it('a hundred who stop reading in a busy room cost little, disturb nobody, and miss nothing', {
  timeout: 240_000,
}, async () => {
  const secret = randomBytes(36).toString('base64')
  await using server = await spawnServer({
    JWT_SECRET: secret,
    ROOM_MAX_PARTICIPANTS: '200',
    // All come from one address, and one of them says everything.
    MAX_CONNECTIONS_PER_ADDRESS: '1000',
    RATE_LIMIT_HTTP_MAX: MANY,
    RATE_LIMIT_USER_MAX: MANY,
    RATE_LIMIT_MESSAGES_MAX: MANY,
    RATE_LIMIT_POLL_MAX: MANY,
  })
  using stack = new DisposableStack()
  const { url } = server
  const rest = createRestClient(url)
  const created = await rest.createRoom({ maxParticipants: 150, hostName: 'Ann' })
  const { roomId } = created
  const guest = async (name: string): Promise<SlowSeat> => {
    const { token } = await rest.joinRoom(roomId, name)
    return { url, token, conversationId: roomId }
  }

  const talker = stack.use(await openMessengerClient(url, created.token))
  await talker.ask('chat:join', { chatId: roomId })
  const listener = stack.use(await openRoomsClient(url, (await guest('Ben')).token))
  await listener.ask('join_room', { roomId })
  const poller = stack.use(await openMessengerClient(url, (await guest('Cleo')).token, 'polling'))
  await poller.ask('chat:join', { chatId: roomId })

  const users = ['dan', ...Array.from({ length: SLOW.poll }, (_, number) => `slow-${number}`), 'emma']
  const tokenOf = (user: string): string => signSiteToken(secret, user)
  const [conversationId = ''] = await createGroups(url, tokenOf('dan'), users, 1)
  const [dan, emma] = [
    stack.use(await openSiteClient(url, tokenOf('dan'))),
    stack.use(await openSiteClient(url, tokenOf('emma'))),
  ]
  for (const client of [dan, emma]) await client.ask('conversation:join', { conversationId })
  const heardBeside: string[] = []
  emma.socket.on('message:new', ({ text }: { readonly text: string }) => heardBeside.push(text))

  const ways = [
    ...Array.from({ length: SLOW.rooms }, () => openSlowRooms),
    ...Array.from({ length: SLOW.messenger }, () => openSlowMessenger),
    ...Array.from({ length: SLOW.polling }, () => openSlowPolling),
  ]
  const inRoom = await fiveAtATime(ways, async (open, number) => stack.use(await open(await guest(`Slow ${number}`))))
  const beside = await fiveAtATime(Array.from({ length: SLOW.poll }), async (_, number) =>
    stack.use(await openSlowPoll({ url, token: tokenOf(`slow-${number}`), conversationId })),
  )

  const before = await residentBytesOf(server.pid)
  let most = before
  const watching = setInterval(async () => {
    most = Math.max(most, await residentBytesOf(server.pid))
  }, 100)
  stack.defer(() => clearInterval(watching))
  const said = Array.from({ length: IN_ROOM }, (_, number) => `${number} ${LONG}`)
  const saidBeside = Array.from({ length: BESIDE }, (_, number) => `${number} ${LONG}`)
  let lastRev = 0
  await Promise.all([
    (async () => {
      for (const text of said) {
        const { message } = await talker.ask('message:new', { chatId: roomId, encryptedContent: text })
        lastRev = message.rev
      }
    })(),
    (async () => {
      for (const [number, text] of saidBeside.entries()) {
        await dan.ask('message:send', { conversationId, text, messageId: `m${number}` })
      }
    })(),
  ])

  const heard = () =>
    listener.received.flatMap((frame) =>
      frame.type === 'room_event' && frame.event === 'message' ? [frame.message.text] : [],
    )
  const polled = () =>
    poller.received.flatMap(({ event, data }) => (event === 'message:new' ? [data.encryptedContent] : []))
  await expect.poll(() => [heard().length, polled().length, heardBeside.length]).toEqual([IN_ROOM, IN_ROOM, BESIDE])
  expect(heard()).toEqual(said)
  expect(polled()).toEqual(said)
  expect(heardBeside).toEqual(saidBeside)

  for (const reader of inRoom) reader.readAgain()
  for (const texts of await fiveAtATime(inRoom, (reader) => reader.catchUp(lastRev))) expect(texts).toEqual(said)
  for (const texts of await fiveAtATime(beside, (reader) => reader.catchUp(0))) expect(texts).toEqual(saidBeside)
  expect((most - before) / MEGABYTE).toBeLessThan(MOST_GROWTH_MB)
  expect(server.output()).not.toMatch(/failed unexpectedly|nobody/)
})

async function fiveAtATime<From, To>(
  items: readonly From[],
  make: (item: From, number: number) => Promise<To>,
): Promise<To[]> {
  const made: To[] = []
  for (let at = 0; at < items.length; at += 5) {
    made.push(...(await Promise.all(items.slice(at, at + 5).map((item, number) => make(item, at + number)))))
  }
  return made
}
