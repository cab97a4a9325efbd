import { randomBytes } from 'node:crypto'
import type { site } from '@parley/protocol'
import { spawnServer } from '@parley/testkit'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { describe, expect, it } from 'vitest'
import { createRestClient } from '../clients/rest-client.ts'
import { onMessenger, onSite } from './chat-line.ts'
import { byPoll, bySocket, type Correspondent } from './correspondent.ts'
import { createGroups, storedMessages } from './site-chats.ts'

const ROUNDS = 3
const WORDS = 'Grüße, 世界 🚀 "<b>" \\n'

/** By which server each is reached: one process, or a second one for HTTP on the same database. */
const WAYS = {
  'messenger by WebSocket': { open: bySocket(onMessenger('websocket')), server: 'sockets' },
  'messenger by polling': { open: bySocket(onMessenger('polling')), server: 'sockets' },
  'site by WebSocket': { open: bySocket(onSite('websocket')), server: 'sockets' },
  'site by polling': { open: bySocket(onSite('polling')), server: 'sockets' },
  'HTTP poll': { open: byPoll, server: 'http' },
} as const

describeOnEachDatabase('a message', (openDatabase) => {
  describe.each([1, 2])('with %i server processes', (processes) => {
    it('sent in any way is seen in every other, by all in one order', async () => {
      await using stack = new AsyncDisposableStack()
      const database = stack.use(await openDatabase())
      const secret = randomBytes(36).toString('base64')
      const env = { DATABASE_URL: database.url, JWT_SECRET: secret, RATE_LIMITS: 'off', SHUTDOWN_TIMEOUT: '100' }
      const sockets = stack.use(await spawnServer(env))
      const http = processes === 1 ? sockets : stack.use(await spawnServer({ ...env, ROLE: 'api' }))
      const urls = { sockets: sockets.url, http: http.url }

      const token = (name: string): string => signSiteToken(secret, name)
      const names = [...Object.keys(WAYS), 'plain REST']
      const conversationIds = await createGroups(http.url, token('plain REST'), names, 1)
      const [conversationId = ''] = conversationIds
      const people: Correspondent[] = []
      for (const [name, { open, server }] of Object.entries(WAYS))
        people.push(stack.use(await open({ name, url: urls[server], token: token(name), conversationIds })))
      const rest = createRestClient(http.url)
      const post = async (text: string): Promise<void> => {
        const path = `/api/conversations/${conversationId}/messages`
        const sent = await rest.call<site.SendAnswer>('POST', path, { text, messageId: text }, token('plain REST'))
        expect(sent).toMatchObject({ status: 201, body: { status: 'sent' } })
      }

      for (let round = 1; round <= ROUNDS; round += 1) {
        for (const person of people) await person.say(conversationId, `${person.name} ${round} ${WORDS}`)
        await post(`plain REST ${round} ${WORDS}`)
      }
      // And all at once.
      await Promise.all([...people.map((person) => person.say(conversationId, `${person.name} too`)), post('REST too')])

      const stored = await storedMessages(sockets.url, token('plain REST'), conversationId)
      expect(stored).toHaveLength(names.length * (ROUNDS + 1))
      const said = stored.map(({ id, text }) => ({ id, text }))
      for (const { name, accounts } of people) {
        const account = accounts.get(conversationId)
        await expect.poll(() => account?.position.rev, { message: name }).toBe(stored.at(-1)?.seq)
        expect({ name, faults: account?.faults(), said: account?.said() }).toEqual({ name, faults: [], said })
      }
    })
  })
})
