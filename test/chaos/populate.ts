import { signSiteToken } from '@parley/testkit/sign-site-token'
import { createRestClient } from '../clients/rest-client.ts'
import { createGroups, openDirect } from '../scenarios/site-chats.ts'
import type { Change } from './change.ts'
import type { ChaosClient, Deed, Seat } from './client.ts'
import { createLineClient } from './line-client.ts'
import type { OpenLine } from './lines/line.ts'
import { onMessenger } from './lines/messenger-line.ts'
import { onRooms } from './lines/rooms-line.ts'
import { onSite } from './lines/site-line.ts'
import { createPollClient } from './poll-client.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { createSdkClient, openSdkClient, openSdkManager } from './sdk-client.ts'

/** A conversation, and one who is in it for as long as it lasts and, but for a direct one, may do what the others may not. */
export interface Place {
  readonly id: string
  readonly kind: 'room' | 'chat' | 'direct'
  readonly hostToken: string
  readonly clients: ChaosClient[]
}

export interface Population {
  readonly places: readonly Place[]
  readonly clients: readonly ChaosClient[]
  /** The token of each client, for those who look at what it may see. */
  readonly tokens: ReadonlyMap<ChaosClient, string>
}

interface Settings {
  readonly secret: string
  /** Where conversations are made. */
  readonly url: string
  /** Each client is on one of these. */
  readonly urls: readonly string[]
  readonly clients: number
  readonly conversations: number
  /** So many of them are rooms, the others chats. To each chat there is a direct one besides, as far as people suffice. */
  readonly rooms: number
  /** By these clients connect; by each that there is when absent. */
  readonly ways?: readonly string[]
  readonly now: () => number
}

type Open = (seat: Seat, recorder: () => Recorder) => ChaosClient

const byLine =
  (openLine: OpenLine, way: string): Open =>
  (seat, recorder) =>
    createLineClient(seat, way, openLine, recorder())

/** By what clients connect, in rooms and in chats. */
const IN_ROOMS: Readonly<Record<string, Open>> = {
  rooms: byLine(onRooms, 'rooms'),
  'messenger by WebSocket': byLine(onMessenger('websocket'), 'messenger by WebSocket'),
  'the SDK': (seat) => createSdkClient(seat, 'the SDK', openSdkClient),
  'messenger by polling': byLine(onMessenger('polling'), 'messenger by polling'),
  'site by WebSocket': byLine(onSite('websocket'), 'site by WebSocket'),
}
const IN_CHATS: Readonly<Record<string, Open>> = {
  'messenger by WebSocket': byLine(onMessenger('websocket'), 'messenger by WebSocket'),
  'site by WebSocket': byLine(onSite('websocket'), 'site by WebSocket'),
  "the SDK's manager": (seat) => createSdkClient(seat, "the SDK's manager", openSdkManager),
  'HTTP poll': (seat, recorder) => createPollClient(seat, recorder()),
  'messenger by polling': byLine(onMessenger('polling'), 'messenger by polling'),
  'site by polling': byLine(onSite('polling'), 'site by polling'),
}

export const WAYS = [...new Set([...Object.keys(IN_ROOMS), ...Object.keys(IN_CHATS)])]

/** What may be done in each kind of conversation, besides talking: who leaves a chat would have to be asked in again. */
export const DEEDS: Readonly<Record<Place['kind'], readonly Deed[]>> = {
  room: ['edit', 'edit', 'remove', 'react', 'react', 'look away', 'leave'],
  chat: ['edit', 'edit', 'remove', 'react', 'react', 'look away'],
  direct: ['edit', 'edit', 'remove', 'react', 'react', 'look away'],
}

/** Conversations, and clients by every way in each; nobody is connected yet. */
export async function populate(settings: Settings): Promise<Population> {
  const { secret, url, urls, now } = settings
  const rest = createRestClient(url)
  const roomCount = settings.rooms
  const chatCount = settings.conversations - roomCount
  const names = Array.from({ length: settings.clients }, (_, index) => `c${index + 1}`)
  const inRooms = names.slice(0, Math.ceil((names.length * roomCount) / settings.conversations))
  const inChats = names.slice(inRooms.length)
  const places: Place[] = []
  const tokens = new Map<ChaosClient, string>()
  const shared = new Map<string, Change>()

  function add(name: string, userId: string, token: string, ways: Readonly<Record<string, Open>>, into: Place[]): void {
    const number = tokens.size
    const known = Object.entries(ways).filter(([way]) => settings.ways?.includes(way) ?? true)
    const [way, open] = turn(known, number, known.length)
    const seat = {
      ...{ name, userId, token },
      url: turn(urls, number, urls.length),
      conversationIds: into.map(({ id }) => id),
    }
    const recorder = (): Recorder =>
      createRecorder({ client: name, userId, way }, now, (id, change) => share(id, change))
    const client = open(seat, recorder)
    tokens.set(client, token)
    for (const place of into) place.clients.push(client)
  }

  /** The same object for what is the same. */
  function share(conversationId: string, change: Change): Change {
    const key = `${conversationId} ${change.rev}`
    const known = shared.get(key)
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(change)) return known
    shared.set(key, change)
    return change
  }

  for (let number = 1; number <= roomCount; number += 1) {
    const wish = { name: `Room ${number}`, duration: 120, hostName: `Host ${number}`, maxParticipants: 100 }
    const { roomId, token } = await rest.createRoom(wish)
    places.push({ id: roomId, kind: 'room', hostToken: token, clients: [] })
  }
  for (const [index, name] of inRooms.entries()) {
    const place = places[index % roomCount] as Place
    const { token } = await rest.joinRoom(place.id, name)
    const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
    add(name, sub, token, IN_ROOMS, [place])
  }

  const lasting = { exp: Math.floor(Date.now() / 1000) + 24 * 3600 }
  const hostToken = signSiteToken(secret, 'host', lasting)
  const chats: Place[] = []
  for (let number = 1; number <= chatCount; number += 1) {
    const [id = ''] = await createGroups(url, hostToken, membersOf(number - 1), 1, `chat-${number}`)
    chats.push({ id, kind: 'chat', hostToken, clients: [] })
  }
  /** Everybody is in two, as far as there are so many. */
  function chatsOf(index: number): readonly number[] {
    return [...new Set([index % chatCount, (index + 1 + Math.floor(index / chatCount)) % chatCount])]
  }
  function membersOf(chat: number): readonly string[] {
    return inChats.filter((_, index) => chatsOf(index).includes(chat))
  }
  const directs: Place[] = []
  for (let number = 0; number < Math.min(chatCount, Math.floor(inChats.length / 2)); number += 1) {
    const [one = '', other = ''] = inChats.slice(number * 2)
    const token = signSiteToken(secret, one, lasting)
    directs.push({ id: await openDirect(url, token, other), kind: 'direct', hostToken: token, clients: [] })
  }
  for (const [index, name] of inChats.entries()) {
    const token = signSiteToken(secret, name, lasting)
    const direct = directs.slice(Math.floor(index / 2), Math.floor(index / 2) + 1)
    add(name, name, token, IN_CHATS, [...chatsOf(index).map((chat) => chats[chat] as Place), ...direct])
  }
  places.push(...chats, ...directs)
  return { places, clients: [...tokens.keys()], tokens }
}

/** By turns, and from one round to the next another. */
const turn = <T>(items: readonly T[], number: number, round: number): T =>
  items[(number + Math.floor(number / Math.max(1, round))) % items.length] as T
