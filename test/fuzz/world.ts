import { randomBytes } from 'node:crypto'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { createRestClient } from '../clients/rest-client.ts'
import { createGroups } from '../scenarios/site-chats.ts'

/** What the attacked server runs with; `limits` as in production. */
export interface WorldSecrets {
  readonly jwtSecret: string
  readonly apiKey: string
}

/** The room, the chats and the people that hostile clients know of, so that what they send gets past the doors. */
export interface World {
  readonly url: string
  /** Grows when there are other rooms, chats and people. */
  readonly generation: number
  /** In place of `{{name}}` what is known by this name. */
  fill(text: string, line: number): string
  /** Learns ids from what the server says. */
  note(text: string): void
  /** A token that lets into the room; of the host for the first line. */
  guestToken(line: number): Promise<string>
  userToken(line: number): string
  /** Other ones: those before have ended, are locked, deleted, or full of people who were thrown out. */
  renew(): Promise<void>
}

const USERS = 6
const KEPT_IDS = 32
const SOMEBODYS_ID = /"(?:messageId|id)":"([\w-]{8,64})"/
const CALL_ID = /"callId":"([\w-]{8,64})"/

/** Fields whose meaning is an id, by the name that `fill` knows it by. */
export const MEANT_FIELDS: Readonly<Record<string, string>> = {
  roomId: '{{room}}',
  chatId: '{{chat}}',
  conversationId: '{{conversation}}',
  messageId: '{{message}}',
  replyTo: '{{message}}',
  replyToId: '{{message}}',
  notificationId: '{{id}}',
  participantId: '{{participant}}',
  userId: '{{user}}',
  to: '{{user}}',
  callId: '{{call}}',
  token: '{{token}}',
  epoch: '{{epoch}}',
}

export async function openWorld(url: string, { jwtSecret, apiKey }: WorldSecrets): Promise<World> {
  const rest = createRestClient(url)
  let generation = 0
  const userId = (line: number): string => `hostile-${generation}-${line % USERS}`
  const userToken = (line: number): string => signSiteToken(jwtSecret, userId(line))
  const expired = signSiteToken(jwtSecret, userId(0), { exp: 1_000_000_000 })
  const foreign = signSiteToken(randomBytes(36).toString('base64'), userId(0))
  const ids: string[] = []
  let call = 'no-call'
  let places = 0
  let conversation = await createConversation()
  let room = await createRoom()

  async function createConversation(): Promise<string> {
    const users = Array.from({ length: USERS }, (_, line) => userId(line))
    const [id = ''] = await createGroups(url, userToken(0), users, 1, `hostile-${generation}`)
    return id
  }

  async function createRoom(): Promise<{ id: string; token: string; participant: string; epoch: string }> {
    const wish = { hostName: 'Mallory', duration: 1, maxParticipants: 100 }
    const created = await rest.createRoom(wish)
    return { id: created.roomId, token: created.token, participant: created.room.hostId, epoch: created.room.epoch }
  }

  const known: Readonly<Record<string, (line: number) => string>> = {
    room: () => room.id,
    conversation: () => conversation,
    chat: (line) => (line % 2 === 0 ? conversation : room.id),
    message: () => ids[places++ % ids.length] ?? 'no-message',
    id: () => ids[places++ % ids.length] ?? 'no-id',
    participant: () => room.participant,
    user: (line) => userId(line + 1),
    call: () => call,
    epoch: () => room.epoch,
    token: userToken,
    expired: () => expired,
    foreign: () => foreign,
    apiKey: () => apiKey,
  }
  return {
    url,
    get generation() {
      return generation
    },
    fill: (text, line) =>
      text.includes('{{') ? text.replace(/\{\{(\w+)\}\}/g, (whole, name) => known[name]?.(line) ?? whole) : text,
    note(text) {
      const id = SOMEBODYS_ID.exec(text)?.[1]
      if (id !== undefined && ids.push(id) > KEPT_IDS) ids.shift()
      call = CALL_ID.exec(text)?.[1] ?? call
    },
    async guestToken(line) {
      if (line % 8 === 0) return room.token
      const name = `Eve ${randomBytes(4).toString('hex')}`
      return (await rest.joinRoom(room.id, name)).token
    },
    userToken,
    async renew() {
      generation += 1
      conversation = await createConversation()
      room = await createRoom()
    },
  }
}
