import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type SpawnedServer, spawnServer } from '@parley/testkit'
import { type DatabaseServer, startMariadb, startPostgres } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { answeredAtOnce } from './answered-at-once.ts'
import { onMessenger, type Said } from './chat-line.ts'
import { bySocket } from './correspondent.ts'
import { createGroups, storedMessages } from './site-chats.ts'

/** The server gives up on a database that does not answer long before. */
const ANSWER_WAIT_MS = 20_000
/** Between the messages of somebody who writes without end. */
const PAUSE_MS = 5
const RECOVERY = { timeout: 60_000, interval: 100 }
const secret = randomBytes(36).toString('base64')

type Answer = { ok: boolean; error?: { code: string }; message?: { id: string }; messages?: unknown[] }

describe.each<[string, () => Promise<DatabaseServer>]>([
  ['PostgreSQL', startPostgres],
  ['MariaDB', startMariadb],
])('people who chat while %s is away', (_, startDatabase) => {
  let database: DatabaseServer
  let server: SpawnedServer
  beforeAll(async () => {
    database = await startDatabase()
    server = await spawnServer({
      DATABASE_URL: await database.freshDatabase(),
      JWT_SECRET: secret,
      RATE_LIMITS: 'off',
    })
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })

  const outages: Record<string, { begin(): Promise<void>; end(): Promise<void> }> = {
    stopped: { begin: () => database.stop(), end: () => database.start() },
    killed: { begin: () => database.kill(), end: () => database.start() },
    frozen: { begin: () => database.pause(), end: async () => database.resume() },
  }

  it.each(Object.keys(outages))('%s: are told so, lose nothing, and go on by themselves', async (kind) => {
    const { begin, end } = outages[kind] as (typeof outages)[string]
    await using stack = new AsyncDisposableStack()
    const [ann, bob] = [`ann-${kind}`, `bob-${kind}`]
    const token = (name: string): string => signSiteToken(secret, name)
    const [chatId = ''] = await createGroups(server.url, token(ann), [ann, bob], 1, `chat-${kind}`)
    const sender = stack.use(await openMessengerClient(server.url, token(ann)))
    const reader = stack.use(await openMessengerClient(server.url, token(bob)))
    const latecomer = stack.use(await openMessengerClient(server.url, token(bob)))
    const heard: string[] = []
    reader.socket.on('message:new', (message: { encryptedContent: string }) => heard.push(message.encryptedContent))
    for (const client of [sender, reader]) await client.ask('chat:join', { chatId })
    const ask = (client: MessengerClient, event: string, data: object): Promise<Answer> =>
      client.socket.timeout(ANSWER_WAIT_MS).emitWithAck(event, data)
    const say = (text: string): Promise<Answer> =>
      ask(sender, 'message:new', { chatId, encryptedContent: text, tempId: text })
    const room = stack.use(await openTalkingRoom(server.url))
    const chatter = stack.use(await startChatter(server.url, [ann, bob], `chatter-${kind}`))

    expect(await say('before')).toMatchObject({ ok: true })
    await expect.poll(() => chatter.acknowledged.length).toBeGreaterThan(10)
    await begin()
    expect(await say('meanwhile')).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
    const trying = server.nodeUrls.length
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // One call a second of each process tries whether the database is back, and may wait; the others do not.
      const calls = [say('meanwhile'), ask(reader, 'chat:history', { chatId }), ask(latecomer, 'chat:join', { chatId })]
      expect((await answeredAtOnce(server.url, calls)).length).toBeGreaterThanOrEqual(calls.length - trying)
      for (const answer of await Promise.all(calls))
        expect(answer).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
    }
    const history = await fetch(`${server.url}/api/conversations/${chatId}/messages`, {
      headers: { authorization: `Bearer ${token(bob)}` },
    })
    expect({ status: history.status, body: await history.json() }).toMatchObject({
      status: 503,
      body: { code: 'UNAVAILABLE' },
    })
    expect(await room.say('rooms go on')).toBe('rooms go on')

    await end()
    await expect.poll(() => say('meanwhile'), RECOVERY).toMatchObject({ ok: true })
    // Each process finds out for itself.
    const isReady = async (url: string): Promise<boolean> => (await fetch(`${url}/readyz`)).ok
    await expect.poll(() => Promise.all(server.nodeUrls.map(isReady)), RECOVERY).not.toContain(false)
    expect(await say('after')).toMatchObject({ ok: true })
    const stored = await storedMessages(server.url, token(bob), chatId)
    expect(stored.map(({ text }) => text)).toEqual(['before', 'meanwhile', 'after'])
    await expect.poll(() => heard).toEqual(['before', 'meanwhile', 'after'])
    expect(await room.say('and on')).toBe('and on')
    const untilNow = chatter.acknowledged.length
    await expect.poll(() => chatter.acknowledged.length, RECOVERY).toBeGreaterThan(untilNow + 10)
    await chatter.stop()
  })
})

/**
 * One who writes without a pause, also at the moment when the database goes and when it comes, and one who reads.
 * `stop` throws unless both have all that was acknowledged, once and in one order.
 */
async function startChatter(url: string, names: readonly [string, string], name: string) {
  const [writer, reader] = names.map((userId) => ({ name: userId, url, token: signSiteToken(secret, userId) }))
  if (writer === undefined || reader === undefined) throw new Error('it takes two')
  const conversationIds = await createGroups(url, writer.token, names, 1, name)
  const [conversationId = ''] = conversationIds
  const open = bySocket(onMessenger('websocket'))
  const writing = await open({ ...writer, conversationIds })
  const reading = await open({ ...reader, conversationIds })
  const acknowledged: Said[] = []
  let isOver = false
  const talking = (async () => {
    for (let number = 1; !isOver; number += 1) {
      acknowledged.push(await writing.say(conversationId, `${number}`))
      await pause(PAUSE_MS)
    }
  })()
  return {
    acknowledged,
    async stop() {
      isOver = true
      await talking
      const stored = await storedMessages(url, writer.token, conversationId)
      expect(stored.map(({ id, text }) => ({ id, text }))).toEqual(acknowledged)
      for (const { accounts } of [writing, reading]) {
        const account = accounts.get(conversationId)
        await expect.poll(() => account?.position.rev, RECOVERY).toBe(stored.at(-1)?.seq)
        expect({ faults: account?.faults(), said: account?.said() }).toEqual({ faults: [], said: acknowledged })
      }
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      await writing[Symbol.asyncDispose]()
      await reading[Symbol.asyncDispose]()
    },
  }
}

/** A room with two people, one of whom hears what the other says. */
async function openTalkingRoom(url: string): Promise<Disposable & { say(text: string): Promise<string> }> {
  const rest = createRestClient(url)
  const { roomId: chatId, token } = await rest.createRoom()
  const host = await openMessengerClient(url, token)
  const guest = await openMessengerClient(url, (await rest.joinRoom(chatId, 'Guest')).token)
  for (const client of [host, guest]) await client.ask('chat:join', { chatId })
  return {
    async say(text) {
      await host.ask('message:new', { chatId, encryptedContent: text })
      const { encryptedContent } = await guest.next('message:new', (message) => message.encryptedContent === text)
      return encryptedContent
    },
    [Symbol.dispose]() {
      host[Symbol.dispose]()
      guest[Symbol.dispose]()
    },
  }
}
