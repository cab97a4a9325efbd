import { rooms, site } from '@parley/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type By, type SiteRest, startSiteRest } from './site-rest-fixture.ts'

let rest: SiteRest
beforeAll(async () => {
  rest = await startSiteRest({ rateLimits: 'off' })
})
afterAll(() => rest[Symbol.asyncDispose]())

let made = 0
/** Ann, Bo and Cy, and a group of the first two with Ann as its host. */
async function setUp(kind: 'group' | 'direct' = 'group') {
  made += 1
  const [ann, bo, cy] = [`ann-${made}`, `bo-${made}`, `cy-${made}`] as const
  const people = { ann: await rest.user(ann), bo: await rest.user(bo), cy: await rest.user(cy) }
  const body = { kind, members: [{ userId: bo }], ...(kind === 'group' && { name: 'Tea' }) }
  const { conversation } = await rest.ok(
    site.conversationAnswer,
    rest.call('POST', '/api/conversations', people.ann, body),
    201,
  )
  const path = `/api/conversations/${encodeURIComponent(conversation.id)}`
  const send = (by: By, text: string, more: object = {}) => rest.call('POST', `${path}/messages`, by, { text, ...more })
  return { ids: { ann, bo, cy }, ...people, conversation, path, send }
}

const notFound = { status: 404, code: 'CONVERSATION_NOT_FOUND' }
const forbidden = { status: 403, code: 'FORBIDDEN' }
const unauthenticated = { status: 401, code: 'UNAUTHENTICATED' }

describe('who may call', () => {
  const calls: [method: string, path: string, body?: object][] = [
    ['POST', '/api/conversations', { members: [] }],
    ['GET', '/api/conversations'],
    ['GET', '/api/conversations/x'],
    ['PATCH', '/api/conversations/x', {}],
    ['DELETE', '/api/conversations/x'],
    ['POST', '/api/conversations/x/members', { members: [{ userId: 'u' }] }],
    ['DELETE', '/api/conversations/x/members'],
    ['DELETE', '/api/conversations/x/members/u'],
    ['GET', '/api/conversations/x/messages'],
    ['POST', '/api/conversations/x/messages', { text: 'x' }],
    ['PATCH', '/api/conversations/x/messages/m', { text: 'x' }],
    ['DELETE', '/api/conversations/x/messages/m'],
    ['PUT', '/api/conversations/x/messages/m/reactions/%F0%9F%91%8D'],
    ['DELETE', '/api/conversations/x/messages/m/reactions/%F0%9F%91%8D'],
    ['GET', '/api/notifications'],
    ['DELETE', '/api/notifications'],
    ['DELETE', '/api/notifications/n'],
    ['POST', '/api/conversations/x/read', { messageId: 'm' }],
    ['POST', '/api/conversations/x/delivered', { messageId: 'm' }],
    ['GET', '/api/messenger/poll'],
    ['POST', '/api/messenger/send', { conversationId: 'x', text: 'x', messageId: 'm' }],
    ['DELETE', '/api/users/u'],
    ['GET', '/api/users/u/export'],
    ['POST', '/api/revoke', { userId: 'u' }],
  ]

  test.each(calls)('%s %s needs to know who', async (method, path, body) => {
    expect(await rest.problem(rest.call(method, path, null, body))).toMatchObject(unauthenticated)
    expect(await rest.problem(rest.call(method, path, { token: 'x.y.z' }, body))).toMatchObject(unauthenticated)
    expect(await rest.problem(rest.call(method, path, { key: 'made-up' }, body))).toMatchObject(unauthenticated)
  })

  test.each(calls)('%s %s is not for guests', async (method, path, body) => {
    const guest = await rest.user('g', { iss: 'urn:parley:guest', name: 'Gus' })
    expect(await rest.problem(rest.call(method, path, guest, body))).toMatchObject(forbidden)
  })

  test.each(calls)('%s %s refuses a key without its scope', async (method, path, body) => {
    const needed = path.includes('/users')
      ? 'users'
      : path === '/api/revoke'
        ? 'revoke'
        : method !== 'GET' && path.includes('/messages')
          ? 'messages'
          : 'conversations'
    for (const scope of ['conversations', 'messages', 'users', 'revoke'].filter((one) => one !== needed)) {
      expect(await rest.problem(rest.call(method, path, { key: `only-${scope}` }, body))).toMatchObject(forbidden)
    }
  })

  test('an expired token is said to be one', async () => {
    const nowS = Math.floor(Date.now() / 1000)
    const ann = await rest.user('ann', { iat: nowS - 60, exp: nowS - 1 })
    expect(await rest.problem(rest.call('GET', '/api/conversations', ann))).toMatchObject({
      status: 401,
      code: 'TOKEN_EXPIRED',
    })
  })
})

describe('conversations', () => {
  test('a user starts one and is its host', async () => {
    const { ids, conversation } = await setUp()
    expect(conversation).toMatchObject({ kind: 'group', name: 'Tea', hostId: ids.ann })
    expect(conversation.members.map(({ userId, role }) => [userId, role]).sort()).toEqual([
      [ids.ann, 'host'],
      [ids.bo, expect.any(String)],
    ])
  })

  test('the same id again is the same one, with 200', async () => {
    const ann = await rest.user('ann-again')
    const body = { id: 'project-alpha', name: 'Alpha', members: [{ userId: 'bo-again' }] }
    const start = (by: By) => rest.call('POST', '/api/conversations', by, body)
    const first = await rest.ok(site.conversationAnswer, start(ann), 201)
    expect(first.conversation.id).toBe('project-alpha')
    const second = await rest.ok(site.conversationAnswer, start(ann), 200)
    expect(second.conversation).toMatchObject({ id: 'project-alpha', epoch: first.conversation.epoch })
    expect(await rest.ok(site.conversationAnswer, start(rest.site), 200)).toMatchObject(second)
    const stranger = await rest.user('eve-again')
    expect(await rest.problem(start(stranger))).toMatchObject({ status: 409, code: 'CONFLICT' })
  })

  test.each([
    ['an empty list of members', { members: [] }],
    ['no members', {}],
  ])('the site asks with %s for one that is there; a new one has somebody in it', async (_, body) => {
    const { conversation } = await setUp()
    const start = (id: string) => rest.call('POST', '/api/conversations', rest.site, { id, ...body })
    expect((await rest.ok(site.conversationAnswer, start(conversation.id), 200)).conversation).toEqual(conversation)
    expect(await rest.problem(start('nobody-made-this'))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [expect.objectContaining({ path: 'members' })],
    })
  })

  test('the site starts one for others', async () => {
    const body = { name: 'Support', members: [{ userId: 'm-1', name: 'Mia' }, { userId: 'm-2' }] }
    const { conversation } = await rest.ok(
      site.conversationAnswer,
      rest.call('POST', '/api/conversations', { key: 'only-conversations' }, body),
      201,
    )
    expect(conversation.hostId).toBe('m-1')
    expect(conversation.members).toContainEqual(expect.objectContaining({ userId: 'm-1', name: 'Mia', role: 'host' }))
  })

  test('direct ones of the same two are one', async () => {
    const { bo, ids, conversation } = await setUp('direct')
    const again = rest.call('POST', '/api/conversations', bo, { kind: 'direct', members: [{ userId: ids.ann }] })
    expect((await rest.ok(site.conversationAnswer, again, 200)).conversation.id).toBe(conversation.id)
  })

  test.each([
    ['members', {}],
    ['members', { members: 'bo' }],
    ['members.0.userId', { members: [{}] }],
    ['members.0.role', { members: [{ userId: 'u', role: 'king' }] }],
    ['kind', { members: [], kind: 'room' }],
    ['id', { members: [], id: '' }],
    ['retentionDays', { members: [], retentionDays: 0 }],
  ])('a body without a good %s is refused, and names it', async (path, body) => {
    const ann = await rest.user('ann')
    expect(await rest.problem(rest.call('POST', '/api/conversations', ann, body))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [expect.objectContaining({ path })],
    })
  })

  test('members and the site see it; to others it is not there', async () => {
    const { path, bo, cy, conversation } = await setUp()
    for (const by of [bo, rest.site]) {
      const seen = await rest.ok(site.conversationAnswer, rest.call('GET', path, by))
      expect(seen.conversation.id).toBe(conversation.id)
    }
    expect(await rest.problem(rest.call('GET', path, cy))).toMatchObject(notFound)
    expect(await rest.problem(rest.call('GET', '/api/conversations/nowhere', cy))).toMatchObject(notFound)
    expect(await rest.problem(rest.call('GET', '/api/conversations/nowhere', rest.site))).toMatchObject(notFound)
  })

  test('a room is not there for those who are not in it, whatever they call', async () => {
    const wish = { name: 'Tea', maxParticipants: 5, duration: 15, hostName: 'Host' }
    await using whole = await startSiteRest({ rateLimits: 'off', role: 'all' })
    const { roomId } = await whole.ok(rooms.createRoomAnswer, whole.call('POST', '/api/create-room', null, wish), 201)
    const ann = await whole.user('ann')
    const calls: [method: string, path: string, body?: object][] = [
      ['GET', ''],
      ['PATCH', '', { name: 'x' }],
      ['DELETE', ''],
      ['POST', '/members', { members: [{ userId: 'u' }] }],
      ['DELETE', '/members'],
      ['GET', '/messages'],
      ['POST', '/messages', { text: 'x' }],
      ['PATCH', '/messages/m', { text: 'x' }],
      ['DELETE', '/messages/m'],
      ['PUT', '/messages/m/reactions/%F0%9F%91%8D'],
      ['DELETE', '/messages/m/reactions/%F0%9F%91%8D'],
      ['POST', '/read', { messageId: 'm' }],
      ['POST', '/delivered', { messageId: 'm' }],
    ]
    for (const [method, path, body] of calls) {
      const ask = async (id: string) => {
        const { status, code, detail } = await whole.problem(
          whole.call(method, `/api/conversations/${id}${path}`, ann, body),
        )
        return { call: `${method} ${path}`, status, code, detail }
      }
      const answer = await ask(roomId)
      expect(answer).toMatchObject(notFound)
      expect(answer).toEqual(await ask('0000-0000-0000'))
    }
    const send = { conversationId: roomId, text: 'x', messageId: 'm' }
    expect(await whole.problem(whole.call('POST', '/api/messenger/send', ann, send))).toMatchObject(notFound)
    const asSite = whole.call('POST', `/api/conversations/${roomId}/messages`, whole.site, { text: 'x', userId: 'u' })
    expect(await whole.problem(asSite)).toMatchObject(notFound)
  })

  test('an id of any characters is found by its escaped form', async () => {
    const id = 'ärende/42?#%🙂'.padEnd(128, '日')
    const ann = await rest.user('ann-odd')
    await rest.ok(site.conversationAnswer, rest.call('POST', '/api/conversations', ann, { id, members: [] }), 201)
    const seen = rest.call('GET', `/api/conversations/${encodeURIComponent(id)}`, ann)
    expect((await rest.ok(site.conversationAnswer, seen)).conversation.id).toBe(id)
  })

  test('the host changes it, members may not, the site may', async () => {
    const { path, ann, bo, cy } = await setUp()
    const change = (by: By, body: object) => rest.call('PATCH', path, by, body)
    const renamed = await rest.ok(site.conversationAnswer, change(ann, { name: 'Coffee', retentionDays: 30 }))
    expect(renamed.conversation).toMatchObject({ name: 'Coffee', retentionDays: 30 })
    expect(await rest.problem(change(bo, { name: 'Bo' }))).toMatchObject(forbidden)
    expect(await rest.problem(change(cy, { name: 'Cy' }))).toMatchObject(notFound)
    const reset = await rest.ok(site.conversationAnswer, change(rest.site, { retentionDays: null }))
    expect(reset.conversation).toMatchObject({ name: 'Coffee' })
    expect(reset.conversation).not.toHaveProperty('retentionDays')
  })

  test('the host deletes it, and it is gone for all', async () => {
    const { path, ann, bo, cy } = await setUp()
    expect(await rest.problem(rest.call('DELETE', path, bo))).toMatchObject(forbidden)
    expect(await rest.problem(rest.call('DELETE', path, cy))).toMatchObject(notFound)
    await rest.done(rest.call('DELETE', path, ann))
    for (const by of [ann, bo, rest.site])
      expect(await rest.problem(rest.call('GET', path, by))).toMatchObject(notFound)
  })

  test('people are added and removed, by the host, the site, and themselves', async () => {
    const { path, ann, bo, cy, ids } = await setUp()
    const add = (by: By) => rest.call('POST', `${path}/members`, by, { members: [{ userId: ids.cy, name: 'Cy' }] })
    expect(await rest.problem(add(bo))).toMatchObject(forbidden)
    const { conversation } = await rest.ok(site.conversationAnswer, add(ann))
    expect(conversation.members.map(({ userId }) => userId)).toContain(ids.cy)
    await rest.ok(site.conversationAnswer, add(rest.site))

    expect(await rest.problem(rest.call('DELETE', `${path}/members/${ids.bo}`, cy))).toMatchObject(forbidden)
    await rest.done(rest.call('DELETE', `${path}/members/${ids.cy}`, ann))
    expect(await rest.problem(rest.call('GET', path, cy))).toMatchObject(notFound)
    await rest.ok(site.conversationAnswer, add(ann))
    await rest.done(rest.call('DELETE', `${path}/members?userId=${ids.cy}`, ann))
    await rest.ok(site.conversationAnswer, add(ann))
    await rest.done(rest.call('DELETE', `${path}/members`, rest.site, { userId: ids.cy }))
    const alone = rest.call('POST', `${path}/members`, rest.site, { userId: ids.cy, name: 'Cy' })
    expect((await rest.ok(site.conversationAnswer, alone)).conversation.members).toContainEqual(
      expect.objectContaining({ userId: ids.cy, name: 'Cy' }),
    )
    await rest.done(rest.call('DELETE', `${path}/members`, ann, { members: [{ userId: ids.cy }] }))
    expect(await rest.problem(rest.call('GET', path, cy))).toMatchObject(notFound)
    expect(await rest.problem(rest.call('POST', `${path}/members`, ann, {}))).toMatchObject({
      status: 400,
      errors: [{ path: 'members', message: expect.any(String) }],
    })
    await rest.done(rest.call('DELETE', `${path}/members`, bo))
    expect(await rest.problem(rest.call('GET', path, bo))).toMatchObject(notFound)
    expect(await rest.problem(rest.call('DELETE', `${path}/members`, rest.site))).toMatchObject({
      status: 400,
      errors: [{ path: 'userId', message: expect.any(String) }],
    })
  })

  test('the list has the latest first, with last message and unread count, page by page', async () => {
    made += 1
    const ann = await rest.user(`lister-${made}`)
    const ids = ['one', 'two', 'three'].map((name) => `${name}-${made}`)
    for (const id of ids) {
      const body = { id, members: [{ userId: `lister-${made}` }, { userId: `friend-${made}` }] }
      await rest.ok(site.conversationAnswer, rest.call('POST', '/api/conversations', rest.site, body), 201)
      const said = { text: `hello ${id}`, userId: `friend-${made}` }
      await rest.ok(site.sendAnswer, rest.call('POST', `/api/conversations/${id}/messages`, rest.site, said), 201)
    }
    const all = await rest.ok(site.listAnswer, rest.call('GET', '/api/conversations', ann))
    expect(all.hasMore).toBe(false)
    expect(all.conversations.map(({ id }) => id)).toEqual(ids.toReversed())
    for (const { id, unread, lastMessage } of all.conversations) {
      expect({ unread, text: lastMessage?.text }).toEqual({ unread: 1, text: `hello ${id}` })
    }
    const first = await rest.ok(site.listAnswer, rest.call('GET', '/api/conversations?limit=2', ann))
    expect(first).toMatchObject({ hasMore: true, next: expect.any(String) })
    const rest2 = rest.call('GET', `/api/conversations?limit=2&before=${first.next}`, ann)
    expect((await rest.ok(site.listAnswer, rest2)).conversations.map(({ id }) => id)).toEqual([ids[0]])
    const wrong = rest.call('GET', '/api/conversations?before=nonsense', ann)
    expect(await rest.problem(wrong)).toMatchObject({ status: 400, errors: [{ path: 'before' }] })
  })
})

describe('messages', () => {
  test('are sent once, however often they are sent, and read page by page', async () => {
    const { path, ann, bo, cy, ids, send } = await setUp()
    const first = await rest.ok(site.sendAnswer, send(ann, 'hello', { messageId: 'c-1' }), 201)
    expect(first).toMatchObject({ messageId: 'c-1', status: 'sent', seq: expect.any(Number) })
    const again = await rest.ok(site.sendAnswer, send(ann, 'other words', { messageId: 'c-1' }), 200)
    expect(again).toEqual({ ...first, status: 'duplicate' })
    await rest.ok(site.sendAnswer, send(bo, 'hi', { replyTo: first.id, metadata: { a: [1, { b: null }] } }), 201)
    expect(await rest.problem(send(cy, 'me too'))).toMatchObject(notFound)

    const { messages } = await rest.ok(site.messagesAnswer, rest.call('GET', `${path}/messages`, bo))
    expect(messages).toMatchObject([
      { messageId: 'c-1', id: first.id, userId: ids.ann, name: `Name of ${ids.ann}`, text: 'hello', seq: first.seq },
      { userId: ids.bo, text: 'hi', replyTo: first.id, metadata: { a: [1, { b: null }] } },
    ])
    const older = rest.call('GET', `${path}/messages?before=${messages[1]?.seq}&limit=1`, bo)
    expect((await rest.ok(site.messagesAnswer, older)).messages).toEqual([messages[0]])
    const newer = rest.call('GET', `${path}/messages?after=${first.seq}`, bo)
    expect((await rest.ok(site.messagesAnswer, newer)).messages).toEqual([messages[1]])
    expect(await rest.problem(rest.call('GET', `${path}/messages`, cy))).toMatchObject(notFound)
    expect(await rest.problem(rest.call('GET', `${path}/messages?limit=101`, bo))).toMatchObject({ status: 400 })
  })

  test('the site speaks for members, and nobody else for anybody', async () => {
    const { ann, ids, send } = await setUp()
    await rest.ok(site.sendAnswer, send({ key: 'only-messages' }, 'an order came in', { userId: ids.bo }), 201)
    expect(await rest.problem(send(rest.site, 'whose words?'))).toMatchObject({
      status: 400,
      errors: [{ path: 'userId' }],
    })
    expect(await rest.problem(send(rest.site, 'no member', { userId: ids.cy }))).toMatchObject(notFound)
    expect(await rest.problem(send(ann, 'as Bo', { userId: ids.bo }))).toMatchObject(forbidden)
    await rest.ok(site.sendAnswer, send(ann, 'as myself', { userId: ids.ann }), 201)
  })

  test('are changed and deleted by whoever wrote them, named by either id', async () => {
    const { path, ann, bo, cy, ids, send } = await setUp()
    const { id = '' } = await rest.ok(site.sendAnswer, send(bo, 'helo', { messageId: 'mine' }), 201)
    const at = `${path}/messages`
    const edit = (by: By, name: string, body: object) => rest.call('PATCH', `${at}/${name}`, by, body)
    const edited = await rest.ok(site.messageAnswer, edit(bo, 'mine', { text: 'hello' }))
    expect(edited.message).toMatchObject({ id, messageId: 'mine', text: 'hello', editedAt: expect.any(Number) })
    expect(await rest.problem(edit(ann, id, { text: 'of the host' }))).toMatchObject(forbidden)
    expect(await rest.problem(edit(cy, id, { text: 'of a stranger' }))).toMatchObject(notFound)
    expect(await rest.problem(edit(bo, id, { text: '' }))).toMatchObject({ status: 400, errors: [{ path: 'text' }] })
    const asBo = await rest.ok(
      site.messageAnswer,
      edit({ key: 'only-messages' }, id, { text: 'of the site', userId: ids.bo }),
    )
    expect(asBo.message).toMatchObject({ text: 'of the site', userId: ids.bo })
    expect(await rest.problem(edit(rest.site, id, { text: 'whose?' }))).toMatchObject({
      status: 400,
      errors: [{ path: 'userId' }],
    })
    expect(await rest.problem(edit(ann, id, { text: 'as Bo', userId: ids.bo }))).toMatchObject(forbidden)

    const second = await rest.ok(site.sendAnswer, send(ann, 'of Ann'), 201)
    expect(await rest.problem(rest.call('DELETE', `${at}/${second.id}`, bo))).toMatchObject(forbidden)
    const gone = await rest.ok(site.messageAnswer, rest.call('DELETE', `${at}/mine`, ann))
    expect(gone.message).toMatchObject({ id, text: '', deletedAt: expect.any(Number) })
    const missing = { status: 404, code: 'MESSAGE_NOT_FOUND' }
    expect(await rest.problem(rest.call('DELETE', `${at}/${id}`, ann))).toMatchObject(missing)
    expect(await rest.problem(edit(bo, id, { text: 'again' }))).toMatchObject(missing)
    const bySite = rest.call('DELETE', `${at}/${second.id}?userId=${ids.ann}`, rest.site)
    expect((await rest.ok(site.messageAnswer, bySite)).message.text).toBe('')
  })

  test('are reacted to, any number of times alike', async () => {
    const { path, ann, bo, cy, ids, send } = await setUp()
    const { id } = await rest.ok(site.sendAnswer, send(ann, 'hello', { messageId: 'mine' }), 201)
    const react = (method: string, by: By, emoji: string, name = 'mine', body?: object) =>
      rest.call(method, `${path}/messages/${name}/reactions/${encodeURIComponent(emoji)}`, by, body)
    const stands = async () => {
      const { messages } = await rest.ok(site.messagesAnswer, rest.call('GET', `${path}/messages`, ann))
      return { reactions: messages[0]?.reactions, rev: messages[0]?.rev }
    }
    await rest.done(react('PUT', bo, '👍🏽'))
    const once = await stands()
    expect(once.reactions).toEqual({ '👍🏽': [ids.bo] })
    await rest.done(react('PUT', bo, '👍🏽', id))
    expect(await stands()).toEqual(once)
    await rest.done(react('PUT', rest.site, '👍🏽', 'mine', { userId: ids.ann }))
    expect((await stands()).reactions).toEqual({ '👍🏽': [ids.bo, ids.ann] })
    await rest.done(react('DELETE', bo, '👍🏽'))
    await rest.done(react('DELETE', bo, '👍🏽'))
    await rest.done(
      rest.call('DELETE', `${path}/messages/mine/reactions/%F0%9F%91%8D%F0%9F%8F%BD?userId=${ids.ann}`, rest.site),
    )
    expect((await stands()).reactions).toBeUndefined()
    expect(await rest.problem(react('PUT', bo, 'no emoji'))).toMatchObject({ status: 400, errors: [{ path: 'emoji' }] })
    expect(await rest.problem(react('PUT', cy, '👍'))).toMatchObject(notFound)
    expect(await rest.problem(react('PUT', bo, '👍', 'nothing'))).toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
  })

  test('take up to 64 KiB, however they are written, and no more', async () => {
    const { ann, send } = await setUp()
    await rest.ok(site.sendAnswer, send(ann, '\u0001'.repeat(65_536)), 201)
    expect(await rest.problem(send(ann, 'x'.repeat(65_537)))).toMatchObject({ status: 400 })
    expect(await rest.problem(send(ann, 'x'.repeat(600_000)))).toMatchObject({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
    })
  })

  test('are marked as delivered and read, by either of their names', async () => {
    const { path, ann, bo, cy, ids, send } = await setUp()
    const { id, seq } = await rest.ok(site.sendAnswer, send(ann, 'hello', { messageId: 'mine' }), 201)
    const mark = (by: By, kind: string, messageId: string) => rest.call('POST', `${path}/${kind}`, by, { messageId })
    const cursors = async () => {
      const { conversation } = await rest.ok(site.conversationAnswer, rest.call('GET', path, ann))
      return conversation.cursors[ids.bo] ?? { delivered: 0, read: 0 }
    }
    expect(await cursors()).toEqual({ delivered: 0, read: 0 })
    await rest.done(mark(bo, 'delivered', 'mine'))
    expect(await cursors()).toEqual({ delivered: seq, read: 0 })
    await rest.done(mark(bo, 'read', id ?? ''))
    expect(await cursors()).toEqual({ delivered: seq, read: seq })
    expect(await rest.problem(mark(bo, 'read', 'nothing'))).toMatchObject({ status: 404, code: 'MESSAGE_NOT_FOUND' })
    expect(await rest.problem(mark(cy, 'read', 'mine'))).toMatchObject(notFound)
  })
})

describe('notifications', () => {
  test('wait for their user, and are cleared one by one or all at once', async () => {
    const { ann, bo, conversation, send } = await setUp('direct')
    for (const text of ['one', 'two', 'three']) await rest.ok(site.sendAnswer, send(ann, text), 201)
    const list = async (by: By) =>
      (await rest.ok(site.notificationsAnswer, rest.call('GET', '/api/notifications', by))).notifications
    const all = (await list(bo)).filter(({ kind }) => kind === 'message')
    expect(all).toMatchObject([1, 2, 3].map(() => ({ conversationId: conversation.id, seq: expect.any(Number) })))
    const path = `/api/notifications/${all[1]?.id}`
    const missing = { status: 404, code: 'NOTIFICATION_NOT_FOUND' }
    expect(await rest.problem(rest.call('DELETE', path, ann))).toMatchObject(missing)
    await rest.done(rest.call('DELETE', path, bo))
    expect(await rest.problem(rest.call('DELETE', path, bo))).toMatchObject(missing)
    expect((await list(bo)).filter(({ kind }) => kind === 'message')).toEqual([all[0], all[2]])
    for (const _ of [1, 2]) await rest.done(rest.call('DELETE', '/api/notifications', bo))
    expect(await list(bo)).toEqual([])
  })
})

describe('users', () => {
  test('all that is kept of one is given to the site, and to themselves', async () => {
    const { ann, bo, ids, send, conversation } = await setUp()
    await rest.ok(site.sendAnswer, send(ann, 'of Ann'), 201)
    await rest.ok(site.sendAnswer, send(bo, 'of Bo'), 201)
    for (const by of [{ key: 'only-users' }, ann]) {
      const all = await rest.ok(site.exportAnswer, rest.call('GET', `/api/users/${ids.ann}/export`, by))
      expect(all.conversations).toMatchObject([
        { id: conversation.id, membership: { role: 'host' }, messages: [{ text: 'of Ann' }], reactions: [] },
      ])
    }
    expect(await rest.problem(rest.call('GET', `/api/users/${ids.ann}/export`, bo))).toMatchObject(forbidden)
    expect(await rest.problem(rest.call('GET', '/api/users/nobody-at-all/export', rest.site))).toMatchObject({
      status: 404,
      code: 'USER_NOT_FOUND',
    })
  })

  test('one who is deleted is gone from everywhere, and their tokens with them', async () => {
    const { path, ann, bo, ids, send } = await setUp()
    await rest.ok(site.sendAnswer, send(bo, 'my secret'), 201)
    await rest.done(rest.call('DELETE', `/api/users/${ids.bo}`, rest.site))
    await expect.poll(async () => (await rest.call('GET', path, bo)).status).toBe(401)
    expect(await rest.problem(rest.call('GET', path, bo))).toMatchObject(unauthenticated)
    const { messages } = await rest.ok(site.messagesAnswer, rest.call('GET', `${path}/messages`, ann))
    expect(JSON.stringify(messages)).not.toContain('my secret')
    expect(JSON.stringify(messages)).not.toContain(ids.bo)
    const { conversation } = await rest.ok(site.conversationAnswer, rest.call('GET', path, ann))
    expect(conversation.members.map(({ userId }) => userId)).toEqual([ids.ann])
    await rest.done(rest.call('DELETE', '/api/users/nobody-at-all', rest.site))
  })
})

describe('revocation', () => {
  const list = (by: By) => rest.call('GET', '/api/conversations', by)
  const revoke = (body: object) => rest.call('POST', '/api/revoke', { key: 'only-revoke' }, body)
  /** Another node hears of it a moment later. */
  const expectEnded = async (by: By) => {
    await expect.poll(async () => (await list(by)).status).toBe(401)
    expect(await rest.problem(list(by))).toMatchObject(unauthenticated)
  }

  test('ends all tokens of a user that were issued up to now, or up to a time', async () => {
    const nowS = Math.floor(Date.now() / 1000)
    const [old, later] = [await rest.user('rev-1', { iat: nowS - 100 }), await rest.user('rev-1', { iat: nowS - 10 })]
    const answer = await rest.ok(site.revokeAnswer, revoke({ userId: 'rev-1', issuedBefore: (nowS - 50) * 1000 }))
    expect(answer).toEqual({ revoked: true, issuedBefore: (nowS - 50) * 1000 })
    await expectEnded(old)
    await rest.ok(site.listAnswer, list(later))
    await rest.ok(site.revokeAnswer, revoke({ userId: 'rev-1' }))
    await expectEnded(later)
    await rest.ok(site.listAnswer, list(await rest.user('rev-1', { iat: nowS + 2 })))
    await rest.ok(site.listAnswer, list(await rest.user('rev-2')))
  })

  test('ends one token, by itself or by its id', async () => {
    const [one, two, three] = [
      await rest.user('rev-3', { jti: 'j-1' }),
      await rest.user('rev-3', { jti: 'j-2' }),
      await rest.user('rev-3'),
    ]
    await rest.ok(site.revokeAnswer, revoke({ token: three.token }))
    await rest.ok(site.revokeAnswer, revoke({ tokenId: 'j-1' }))
    for (const by of [one, three]) await expectEnded(by)
    await rest.ok(site.listAnswer, list(two))
  })

  test('of a token that has expired is done already, of one that is not good it is a mistake', async () => {
    const expired = await rest.user('rev-4', { iat: 1, exp: 2 })
    await rest.ok(site.revokeAnswer, revoke({ token: expired.token }))
    expect(await rest.problem(revoke({ token: 'x.y.z' }))).toMatchObject({ status: 400, errors: [{ path: 'token' }] })
    expect(await rest.problem(revoke({}))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
  })
})

test('a call with the wrong method says which it takes', async () => {
  const answer = await rest.call('PUT', '/api/conversations/x', rest.site)
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toBe('GET, PATCH, DELETE')
})

test('pages of other origins may make these calls when they are named', async () => {
  await using open = await startSiteRest({ corsOrigins: ['https://www.example.org'] })
  const asked = await fetch(`${open.server.url}/api/conversations/x`, {
    method: 'OPTIONS',
    headers: { Origin: 'https://www.example.org', 'Access-Control-Request-Method': 'DELETE' },
  })
  expect(asked.headers.get('access-control-allow-origin')).toBe('https://www.example.org')
  expect(asked.headers.get('access-control-allow-methods')).toContain('DELETE')
})
