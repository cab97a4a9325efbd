import type { messenger } from '@parley/protocol'
import { type MessengerClient, openMessengerClient } from '../../clients/messenger-client.ts'
import { createRestClient } from '../../clients/rest-client.ts'
import type { Transport } from '../../clients/wire-socket.ts'

type Joined = Extract<messenger.Answer<'chat:join'>, { readonly members: unknown }>

/** Somebody in a room, connected by the messenger wire. */
interface Person {
  readonly client: MessengerClient
  readonly token: string
  readonly userId: string
  readonly joined: Joined
}

export interface Room extends Disposable {
  readonly chatId: string
  readonly host: Person
  /** One more person, with a seat and a connection. */
  add(name: string): Promise<Person>
  /** Another connection of somebody, in the room. */
  again(person: Person, since?: { readonly epoch: string; readonly rev: number }): Promise<Person>
  /** A connection that has joined nothing. */
  connect(token: string): Promise<MessengerClient>
}

export const userOf = (token: string): string => {
  const [, payload = ''] = token.split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string }).sub
}

export function isJoined(answer: messenger.Answer<'chat:join'>): answer is Joined {
  return 'members' in answer
}

/** A room with its host inside; every connection made through it ends with it. */
export async function openRoom(
  url: string,
  transport: Transport,
  wish: Parameters<ReturnType<typeof createRestClient>['createRoom']>[0] = {},
): Promise<Room> {
  const rest = createRestClient(url)
  const clients: MessengerClient[] = []
  const { roomId: chatId, token } = await rest.createRoom(wish)

  const connect = async (personToken: string): Promise<MessengerClient> => {
    const client = await openMessengerClient(url, personToken, transport)
    clients.push(client)
    return client
  }
  const enter = async (personToken: string, since?: { epoch: string; rev: number }): Promise<Person> => {
    const client = await connect(personToken)
    const joined = await client.ask('chat:join', { chatId, ...(since === undefined ? {} : { since }) })
    if (!isJoined(joined)) throw new Error('landed in the lobby')
    return { client, token: personToken, userId: userOf(personToken), joined }
  }
  return {
    chatId,
    host: await enter(token),
    add: async (name) => enter((await rest.joinRoom(chatId, name)).token),
    again: (person, since) => enter(person.token, since),
    connect,
    [Symbol.dispose]() {
      for (const client of clients) client[Symbol.dispose]()
    },
  }
}
