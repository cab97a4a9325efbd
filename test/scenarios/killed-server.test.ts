import { randomBytes } from 'node:crypto'
import { type SpawnedServer, spawnServer } from '@parley/testkit'
import { describeOnEachDatabase, findFreePort } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { describe, expect, it } from 'vitest'
import { onMessenger, onSite } from './chat-line.ts'
import { byPoll, bySocket, type Correspondent, type OpenCorrespondent } from './correspondent.ts'
import { chooseSeed, createRandom } from './random.ts'
import { createGroups, storedMessages } from './site-chats.ts'

const PEOPLE = 20
const MESSAGES = 1000
const CONVERSATIONS = 5
const KILLS = 3
/** `KILL_RUNS=50 npx vitest run test/scenarios/killed-server.test.ts` for as many seeds on each database. */
const RUNS = Number(process.env.KILL_RUNS ?? 1)
/** Half a minute on a quiet machine; kills and starts take their time where much else is to do. */
const RUN_TIMEOUT_MS = 360_000
const PATIENCE = { timeout: 60_000 }

/** Most people sit at a page; some sites' pages are older, and some networks let nothing but HTTP through. */
const WAYS: readonly OpenCorrespondent[] = [
  bySocket(onMessenger('websocket')),
  bySocket(onMessenger('websocket')),
  bySocket(onMessenger('polling')),
  bySocket(onSite('websocket')),
  byPoll,
]

describeOnEachDatabase('people who write while the server is killed', (openDatabase) => {
  describe.each(Array.from({ length: RUNS }, chooseSeed))('SEED=%i', (seed) => {
    it('find all that was acknowledged, once and in one order', { timeout: RUN_TIMEOUT_MS }, async () => {
      await using stack = new AsyncDisposableStack()
      const random = createRandom(seed)
      const among = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
      const database = stack.use(await openDatabase())
      const secret = randomBytes(36).toString('base64')
      const port = String(await findFreePort())
      const start = (): Promise<SpawnedServer> =>
        spawnServer({ PORT: port, DATABASE_URL: database.url, JWT_SECRET: secret, RATE_LIMITS: 'off' })
      let server = await start()
      stack.defer(async () => void (await server.stop('SIGKILL')))
      const { url } = server

      const names = Array.from({ length: PEOPLE }, (_, index) => `person-${index}`)
      const token = (name: string): string => signSiteToken(secret, name)
      const conversationIds = await createGroups(url, token('person-0'), names, CONVERSATIONS)
      const people: Correspondent[] = []
      for (const [index, name] of names.entries()) {
        const open = WAYS[index % WAYS.length] as OpenCorrespondent
        people.push(stack.use(await open({ name, url, token: token(name), conversationIds })))
      }

      const acknowledged: { readonly conversationId: string; readonly id: string; readonly text: string }[] = []
      /** How many are acknowledged when the server is killed. */
      let mark = { count: Number.POSITIVE_INFINITY, reached: (): void => undefined }
      const talks = people.map(async (person) => {
        for (let number = 1; number <= MESSAGES / PEOPLE; number += 1) {
          const conversationId = among(conversationIds)
          acknowledged.push({ conversationId, ...(await person.say(conversationId, `${person.name} says ${number}`)) })
          if (acknowledged.length >= mark.count) mark.reached()
        }
      })
      const talking = Promise.all(talks)

      for (let kill = 1; kill <= KILLS; kill += 1) {
        const reached = Promise.withResolvers<void>()
        mark = { count: Math.floor((MESSAGES * (kill - 0.5 + random() * 0.8)) / (KILLS + 1)), reached: reached.resolve }
        await Promise.race([reached.promise, talking])
        await server.stop('SIGKILL')
        server = await start()
      }
      await talking

      expect(acknowledged).toHaveLength(MESSAGES)
      for (const conversationId of conversationIds) {
        const stored = await storedMessages(url, token('person-0'), conversationId)
        const said = stored.map(({ id, text }) => ({ id, text }))
        const sent = acknowledged.filter((one) => one.conversationId === conversationId)
        // As many as were sent and no text twice: each is there, and once.
        expect(new Set(said.map(({ text }) => text))).toEqual(new Set(sent.map(({ text }) => text)))
        expect(said).toHaveLength(sent.length)
        expect(new Set(said.map(({ id }) => id))).toEqual(new Set(sent.map(({ id }) => id)))
        const last = stored.at(-1)?.seq ?? 0
        for (const { name, accounts } of people) {
          const account = accounts.get(conversationId)
          await expect.poll(() => account?.position.rev, PATIENCE).toBe(last)
          expect({ name, faults: account?.faults(), said: account?.said() }).toEqual({ name, faults: [], said })
        }
      }
    })
  })
})
