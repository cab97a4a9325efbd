import { spawnServer } from '@parley/testkit'
import { describeOnEachDatabase, type OpenTestDatabase } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const SECRET = 'b3JhbmdlcyBhbmQgbGVtb25zLCBzYXkgdGhlIGJlbGxz'
const KEY = 'a key of the shop'.replaceAll(' ', '-')

interface Answer {
  readonly status: number
  // What a client without our types sees.
  // biome-ignore lint/suspicious/noExplicitAny: whatever came
  readonly body: any
}

/** A server of its own process on this database, and plain HTTP. */
async function open(database: string, env: Record<string, string> = {}) {
  const server = await spawnServer({
    DATABASE_URL: database,
    JWT_SECRET: SECRET,
    API_KEY: KEY,
    RATE_LIMITS: 'off',
    ...env,
  })
  const call = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: unknown,
  ): Promise<Answer> => {
    // nginx refuses these itself, in its own words.
    const url = path.includes('%00') ? server.nodeUrls[0] : server.url
    const answer = await fetch(url + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (answer.status >= 500) throw new Error(`${answer.status} ${text}\n${server.output()}`)
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  }
  /** With a token that was issued some time ago. */
  const as = (userId: string, claims: Record<string, unknown> = {}) => {
    const issuedAt = Math.floor(Date.now() / 1000) - 60
    const headers = { Authorization: `Bearer ${signSiteToken(SECRET, userId, { iat: issuedAt, ...claims })}` }
    return (method: string, path: string, body?: unknown) => call(method, path, headers, body)
  }
  const site = (method: string, path: string, body?: unknown) => call(method, path, { 'X-Api-Key': KEY }, body)
  return { server, as, site, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

type Call = (method: string, path: string, body?: unknown) => Promise<Answer>

/** Polls until so many messages came; gives their texts, in order. */
async function hear(call: Call, cursor: string, count: number): Promise<{ texts: string[]; cursor: string }> {
  const texts: string[] = []
  let place = cursor
  const until = Date.now() + 60_000
  while (texts.length < count && Date.now() < until) {
    const { status, body } = await call('GET', `/api/messenger/poll?wait=5&cursor=${encodeURIComponent(place)}`)
    expect(status, JSON.stringify(body)).toBe(200)
    for (const { event, data } of body.events) if (event === 'message:new') texts.push(data.text)
    place = body.cursor
  }
  return { texts, cursor: place }
}

describeOnEachDatabase('the REST of a site', (openDatabase: OpenTestDatabase) => {
  /**
   * All on one server, because starting one for each takes longer than the tests: other people in other
   * conversations.
   */
  describe('of a server that runs on', () => {
    let here: Awaited<ReturnType<typeof open>>
    const stack = new AsyncDisposableStack()
    beforeAll(async () => {
      const database = stack.use(await openDatabase())
      here = stack.use(await open(database.url))
    })
    afterAll(() => stack.disposeAsync())

    test('null for what may be left out is as leaving it out, of members too', async () => {
      const members = [{ userId: 'pia', name: null, role: null }, { userId: 'quin' }]
      const made = await here.site('POST', '/api/conversations', { id: null, kind: null, name: null, members })
      expect(made.status, JSON.stringify(made.body)).toBe(201)
      const { id } = made.body.conversation
      const added = await here.site('POST', `/api/conversations/${id}/members`, {
        members: [{ userId: 'rosa', name: null }],
      })
      expect(added.status, JSON.stringify(added.body)).toBe(200)
      const nameless = await here.site('POST', '/api/conversations', { members: [{ userId: null }] })
      expect(nameless).toMatchObject({ status: 400, body: { errors: [{ path: 'members.0.userId' }] } })
    })

    test('a conversation, from its first word to its end', async () => {
      const [ann, bo, eve] = [here.as('ann'), here.as('bo'), here.as('eve')]
      const start = { id: 'order-4711', name: 'Order 4711', members: [{ userId: 'ann' }, { userId: 'bo', name: 'Bo' }] }
      expect((await here.site('POST', '/api/conversations', start)).status).toBe(201)
      const again = await here.site('POST', '/api/conversations', { ...start, name: 'Other' })
      expect([again.status, again.body.conversation.name]).toEqual([200, 'Order 4711'])

      const { cursor } = (await bo('GET', '/api/messenger/poll')).body
      const said = { conversationId: 'order-4711', text: 'Where is it?', messageId: 'ann-1' }
      const sent = await ann('POST', '/api/messenger/send', said)
      expect(sent.body).toMatchObject({ messageId: 'ann-1', status: 'sent' })
      expect((await ann('POST', '/api/messenger/send', said)).body).toEqual({ ...sent.body, status: 'duplicate' })
      const reply = { text: 'On its way', messageId: 'shop-1', userId: 'bo' }
      expect((await here.site('POST', '/api/conversations/order-4711/messages', reply)).body.status).toBe('sent')
      expect((await hear(bo, cursor, 2)).texts).toEqual(['Where is it?', 'On its way'])

      const listed = await ann('GET', '/api/conversations')
      expect(listed.body.conversations).toMatchObject([
        { id: 'order-4711', unread: 1, lastMessage: { text: 'On its way', userId: 'bo' } },
      ])
      expect((await ann('POST', '/api/conversations/order-4711/read', { messageId: 'shop-1' })).status).toBe(204)
      expect((await ann('GET', '/api/conversations')).body.conversations[0].unread).toBe(0)

      for (const path of ['/api/conversations/order-4711', '/api/conversations/order-4712']) {
        expect(await eve('GET', path)).toMatchObject({ status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } })
      }
      expect((await here.site('DELETE', '/api/conversations/order-4711')).status).toBe(204)
      expect((await ann('GET', '/api/conversations')).body.conversations).toEqual([])
      expect((await ann('GET', '/api/conversations/order-4711/messages')).status).toBe(404)
    })

    test('a message is changed, reacted to and deleted, and what waits is seen, without a socket', async () => {
      const [carl, dora] = [here.as('carl'), here.as('dora')]
      await here.site('POST', '/api/conversations', {
        id: 'edits',
        kind: 'direct',
        members: [{ userId: 'carl' }, { userId: 'dora' }],
      })
      const { cursor } = (await dora('GET', '/api/messenger/poll')).body
      const said = { conversationId: 'edits', text: 'helo', messageId: 'carl-1' }
      const sent = await carl('POST', '/api/messenger/send', said)
      const at = '/api/conversations/edits/messages/carl-1'
      const waiting = async () => (await dora('GET', '/api/notifications')).body.notifications
      const [note] = (await waiting()).filter(({ kind }: { kind: string }) => kind === 'message')
      expect(note).toMatchObject({ conversationId: 'edits', seq: expect.any(Number) })

      const edited = await carl('PATCH', at, { text: 'hello' })
      // Sent again, it has the `rev` of its sending.
      const again = await carl('POST', '/api/messenger/send', said)
      expect(again.body).toEqual({ ...sent.body, status: 'duplicate' })
      expect(edited.body.message).toMatchObject({ id: note.messageId, messageId: 'carl-1', text: 'hello' })
      expect((await dora('PATCH', at, { text: 'mine now' })).status).toBe(403)
      const thumb = `${at}/reactions/${encodeURIComponent('👍')}`
      for (const _ of ['once', 'again']) expect((await dora('PUT', thumb)).status).toBe(204)
      for (const _ of ['once', 'again']) expect((await dora('DELETE', thumb)).status).toBe(204)
      expect((await carl('DELETE', at)).body.message).toMatchObject({ text: '', deletedAt: expect.any(Number) })
      expect((await carl('DELETE', at)).body.code).toBe('MESSAGE_NOT_FOUND')

      const { events } = (await dora('GET', `/api/messenger/poll?cursor=${cursor}`)).body
      expect(
        events.map(({ event, data }: { event: string; data: { action?: string } }) => data.action ?? event),
      ).toEqual(['message:new', 'message:updated', 'added', 'removed', 'message:updated'])
      expect((await dora('DELETE', `/api/notifications/${note.id}`)).status).toBe(204)
      expect((await dora('DELETE', `/api/notifications/${note.id}`)).body.code).toBe('NOTIFICATION_NOT_FOUND')
      expect((await dora('DELETE', '/api/notifications')).status).toBe(204)
      expect(await waiting()).toEqual([])
    })

    test('a page begins or ends at the seq or the id of a message, and what a query leaves empty is not said', async () => {
      const fay = here.as('fay')
      await here.site('POST', '/api/conversations', { id: 'pages', members: [{ userId: 'emil' }, { userId: 'fay' }] })
      for (const messageId of ['m-1', 'm-2', 'm-3', 'm-4', 'm-5'])
        await here.as('emil')('POST', '/api/conversations/pages/messages', { text: messageId, messageId })
      const page = async (query: string) => {
        const { status, body } = await fay('GET', `/api/conversations/pages/messages?${query}`)
        return status === 200 ? body.messages.map(({ text }: { text: string }) => text).join(' ') : body.code
      }
      const [third] = (await fay('GET', '/api/conversations/pages/messages?limit=3')).body.messages
      for (const place of [third.seq, third.id, third.messageId]) {
        expect(await page(`before=${place}&limit=1`)).toBe('m-2')
        expect(await page(`before=&after=${place}&limit=`)).toBe('m-4 m-5')
      }
      expect(await page('before=&after=&limit=')).toBe('m-1 m-2 m-3 m-4 m-5')
      for (const wrong of ['-1', '1.5']) expect(await page(`before=${wrong}`)).toBe('VALIDATION_FAILED')
      expect(await page('before=nowhere')).toBe('MESSAGE_NOT_FOUND')
      expect((await fay('GET', '/api/messenger/poll?cursor=&wait=')).body).toMatchObject({ events: [], hasMore: false })
    })

    test('a poll tells of a conversation that the caller was put into, before anything is said in it', async () => {
      const hana = here.as('hana')
      await here.site('POST', '/api/conversations', { id: 'old', members: [{ userId: 'gus' }, { userId: 'hana' }] })
      const { cursor } = (await hana('GET', '/api/messenger/poll')).body
      const held = hana('GET', `/api/messenger/poll?wait=20&cursor=${cursor}`)
      await here.site('POST', '/api/conversations', { id: 'others', members: [{ userId: 'gus' }] })
      await here.site('POST', '/api/conversations', {
        id: 'put-in',
        members: [{ userId: 'gus' }, { userId: 'hana', name: 'Hana' }],
      })
      const added = { event: 'user:joined', data: { userId: 'hana', name: 'Hana', conversationId: 'put-in' } }
      const news = (await held).body
      expect(news.events).toEqual([added])
      await here.as('gus')('POST', '/api/messenger/send', { conversationId: 'put-in', text: 'Hello', messageId: 'm-1' })
      const all = (await hana('GET', `/api/messenger/poll?cursor=${cursor}`)).body.events
      expect(all).toMatchObject([added, { event: 'message:new', data: { text: 'Hello' } }])
      const next = (await hana('GET', `/api/messenger/poll?cursor=${news.cursor}`)).body.events
      expect(next).toEqual(all.slice(1))
    })

    test('whom the site has named goes by that name, others by the one of their token', async () => {
      const members = [{ userId: 'mia', name: 'Mia of the shop' }, { userId: 'ned' }, { userId: 'olga' }]
      await here.site('POST', '/api/conversations', { id: 'names', members })
      const as = (userId: string, name: string) => here.as(userId, { name })
      const said = { conversationId: 'names', text: 'Hello' }
      const [mia, ned] = [as('mia', 'Mia Müller'), as('ned', 'Ned Noor')]
      for (const [index, person] of [ned, mia].entries())
        await person('POST', '/api/messenger/send', { ...said, messageId: `hello-${index}` })
      const { messages } = (await mia('GET', '/api/conversations/names/messages')).body
      expect(messages.map(({ name }: { name: string }) => name)).toEqual(['Ned Noor', 'Mia of the shop'])
      const shown = (await ned('GET', '/api/conversations/names')).body.conversation.members
      expect(shown.map(({ name }: { name: string }) => name)).toEqual(['Mia of the shop', 'Ned Noor', 'olga'])
    })

    test('what no database keeps is nobody’s id, wherever one is named', async () => {
      await here.site('POST', '/api/conversations', { id: 'no-nul', members: [{ userId: 'ivo' }] })
      const ivo = here.as('ivo')
      const nul = 'a%00b'
      const place = Buffer.from(JSON.stringify([1, 'a\0b'])).toString('base64url')
      const answers = await Promise.all([
        ivo('GET', `/api/conversations/${nul}`),
        ivo('GET', `/api/conversations/${nul}/messages`),
        ivo('GET', `/api/conversations?before=${place}`),
        ivo('DELETE', `/api/notifications/${nul}`),
        ivo('PATCH', `/api/conversations/no-nul/messages/${nul}`, { text: 'x' }),
        here.site('DELETE', `/api/users/${nul}`),
        here.site('POST', '/api/revoke', { tokenId: 'a\0b' }),
        ...['a\0b', 'a\ud800'].flatMap((id) => [
          ivo('POST', '/api/conversations/no-nul/messages', { text: 'x', messageId: id }),
          ivo('POST', '/api/conversations/no-nul/messages', { text: 'x', replyTo: id }),
          ivo('POST', '/api/conversations/no-nul/read', { messageId: id }),
          ivo('POST', '/api/conversations', { members: [{ userId: id }] }),
        ]),
      ])
      const refused = answers.map(({ status, body }) => [status, body.code])
      expect(refused).toEqual(answers.map(() => [400, 'VALIDATION_FAILED']))
      const written = await ivo('POST', '/api/conversations/no-nul/messages', {
        text: 'a\0b',
        metadata: { note: '\0\ud800' },
      })
      expect(written.status).toBe(201)
      const [message] = (await ivo('GET', '/api/conversations/no-nul/messages')).body.messages
      expect(message).toMatchObject({ text: 'ab', metadata: { note: '\0\ud800' } })
      const long = { text: '語'.repeat(30_000) }
      expect((await ivo('POST', '/api/conversations/no-nul/messages', long)).body.code).toBe('VALIDATION_FAILED')
    })

    test('a user who is deleted is gone, and others are told', async () => {
      await here.site('POST', '/api/conversations', { id: 'deletion', members: [{ userId: 'kim' }, { userId: 'lea' }] })
      await here.as('lea')('POST', '/api/messenger/send', {
        conversationId: 'deletion',
        text: 'of Lea',
        messageId: 'm-1',
      })
      const { cursor } = (await here.as('kim')('GET', '/api/messenger/poll')).body
      const kept = await here.site('GET', '/api/users/lea/export')
      expect(kept.body.conversations).toMatchObject([{ id: 'deletion', messages: [{ text: 'of Lea' }] }])
      expect((await here.site('DELETE', '/api/users/lea')).status).toBe(204)
      expect((await here.site('GET', '/api/users/lea/export')).status).toBe(404)
      expect((await here.as('lea')('GET', '/api/conversations')).status).toBe(401)
      const { messages } = (await here.as('kim')('GET', '/api/conversations/deletion/messages')).body
      expect(JSON.stringify(messages)).not.toMatch(/of Lea|"lea"/)
      const { events } = (await here.as('kim')('GET', `/api/messenger/poll?cursor=${cursor}`)).body
      expect(events).toMatchObject([
        { event: 'user:left', data: { conversationId: 'deletion', userId: 'deleted-user', name: '' } },
        { event: 'message:updated', data: { text: '', deletedAt: expect.any(Number) } },
      ])
      const members = (await here.as('kim')('GET', '/api/conversations/deletion')).body.conversation.members
      expect(members.map(({ userId }: { userId: string }) => userId)).toEqual(['kim'])
    })
  })

  test('what was stored, and where a poll stood, outlast the process', async () => {
    await using database = await openDatabase()
    const before = await open(database.url)
    await before.site('POST', '/api/conversations', { id: 'c', members: [{ userId: 'ann' }, { userId: 'bo' }] })
    const { cursor } = (await before.as('bo')('GET', '/api/messenger/poll')).body
    await before.as('ann')('POST', '/api/messenger/send', { conversationId: 'c', text: 'one', messageId: 'm-1' })
    await before.site('POST', '/api/revoke', { userId: 'eve' })
    await before.server.stop()

    await using after = await open(database.url)
    const again = { conversationId: 'c', text: 'one', messageId: 'm-1' }
    expect((await after.as('ann')('POST', '/api/messenger/send', again)).body.status).toBe('duplicate')
    await after.as('ann')('POST', '/api/messenger/send', { conversationId: 'c', text: 'two', messageId: 'm-2' })
    expect((await hear(after.as('bo'), cursor, 2)).texts).toEqual(['one', 'two'])
    const token = signSiteToken(SECRET, 'eve', { iat: Math.floor(Date.now() / 1000) - 60 })
    const answer = await fetch(`${after.server.url}/api/conversations`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(401)
  })

  test('a process without sockets serves the same chat, and hears what the other one stores', async () => {
    await using database = await openDatabase()
    await using sockets = await open(database.url)
    await using api = await open(database.url, { ROLE: 'api' })
    await api.site('POST', '/api/conversations', { id: 'c', members: [{ userId: 'ann' }, { userId: 'bo' }] })
    const { cursor } = (await api.as('bo')('GET', '/api/messenger/poll')).body
    const heard = hear(api.as('bo'), cursor, 20)
    for (let n = 0; n < 20; n += 1) {
      const at = n % 2 === 0 ? sockets : api
      const said = { conversationId: 'c', text: `word ${n}`, messageId: `m-${n}` }
      expect((await at.as('ann')('POST', '/api/messenger/send', said)).body.status).toBe('sent')
    }
    const words = Array.from({ length: 20 }, (_, n) => `word ${n}`)
    const { texts, cursor: next } = await heard
    expect(texts).toEqual(words)
    // Either of them knows the other's cursors.
    expect((await hear(sockets.as('bo'), cursor, 20)).texts).toEqual(words)
    await sockets.as('ann')('POST', '/api/messenger/send', { conversationId: 'c', text: 'last', messageId: 'm-20' })
    expect((await hear(sockets.as('bo'), next, 1)).texts).toEqual(['last'])

    expect((await fetch(`${api.server.url}/socket.io/?EIO=4&transport=polling`)).status).toBe(404)
    expect((await fetch(`${api.server.url}/`)).status).toBe(404)
    expect((await fetch(`${api.server.url}/health`)).status).toBe(200)

    const list = async () => (await sockets.as('bo')('GET', '/api/conversations')).status
    expect(await list()).toBe(200)
    await api.site('POST', '/api/revoke', { userId: 'bo' })
    await expect.poll(list).toBe(401)
  })
})

describe('the command line', () => {
  test('a bad database is said in a sentence', async () => {
    const failed = await open('postgres://nobody@127.0.0.1:1/none').catch((error: unknown) => error)
    expect(String(failed)).toContain('The database can not be used')
    expect(String(failed)).not.toMatch(/^\s+at /m)
  })
})
