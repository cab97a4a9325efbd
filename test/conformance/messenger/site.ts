import { randomBytes } from 'node:crypto'
import type { messenger, site } from '@parley/protocol'
import type { TestServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { type MessengerClient, openMessengerClient } from '../../clients/messenger-client.ts'
import { createRestClient } from '../../clients/rest-client.ts'
import type { Transport } from '../../clients/wire-socket.ts'

interface Device extends MessengerClient {
  readonly hello: messenger.ServerData<'connected'>
}

/** A user of the site: in no chat of another test. */
export interface Person {
  readonly userId: string
  readonly token: string
  /** One more device of theirs, which the server has greeted: it knows by then that they are connected. */
  connect(transport?: Transport): Promise<Device>
}

/** A site beside the server, whose users come by the messenger wire; every connection made through it ends with it. */
export interface Site extends Disposable {
  person(name: string): Person
  /** A chat that the first of them makes, and its id. */
  direct(one: Person, other: Person): Promise<string>
  group(...people: readonly Person[]): Promise<string>
  create(by: Person, body: Partial<site.CreateConversationBody>): Promise<string>
  call(by: Person, method: 'PATCH' | 'POST' | 'DELETE', path: string, body?: object): Promise<void>
}

/** `now` is the server's time, when it has a clock of its own. */
export function openSite(server: TestServer, now: () => number = Date.now): Site {
  const [secret = ''] = server.config.jwtSecrets
  const run = randomBytes(4).toString('hex')
  const clients: MessengerClient[] = []
  const member = ({ userId }: Person) => ({ userId })

  async function create(by: Person, body: Partial<site.CreateConversationBody>): Promise<string> {
    const { call } = createRestClient(server.url)
    const answer = await call<{ conversation: { id: string } }>('POST', '/api/conversations', body, by.token)
    if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body.conversation.id
  }

  return {
    person(name) {
      const userId = `${name}-${run}`
      const issued = Math.floor(now() / 1000)
      const token = signSiteToken(secret, userId, { name, iat: issued, exp: issued + 86_400 })
      return {
        userId,
        token,
        async connect(transport) {
          const client = await openMessengerClient(server.url, token, transport)
          clients.push(client)
          return Object.assign(client, { hello: await client.next('connected') })
        },
      }
    },
    create,
    direct: (one, other) => create(one, { kind: 'direct', members: [member(other)] }),
    group: (first, ...others) => create(first, { kind: 'group', name: 'Tea', members: others.map(member) }),
    async call(by, method, path, body) {
      const response = await fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${by.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
      })
      if (response.status >= 300) throw new Error(`${response.status} ${await response.text()}`)
    },
    [Symbol.dispose]() {
      for (const client of clients) client[Symbol.dispose]()
    },
  }
}
