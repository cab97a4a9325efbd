import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { openSiteClient } from '../clients/site-client.ts'

const KEY = 'the-key-of-the-site'

/** A server with sockets, and one without on the same database, through which the site works. */
async function startPair() {
  await using starting = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'parley-pair-'))
  starting.defer(() => rm(directory, { recursive: true, force: true }))
  const secret = randomBytes(36).toString('base64')
  const config = {
    jwtSecrets: [secret],
    apiKeys: [{ key: KEY, scopes: ['conversations', 'messages'] as const }],
    databaseUrl: `sqlite:${join(directory, 'parley.sqlite')}`,
  }
  const { url } = starting.use(await startServer(config))
  const elsewhere = starting.use(await startServer({ ...config, role: 'api' }))
  const call = async (base: string, method: string, path: string, body: object | null): Promise<void> => {
    const headers = { 'X-Api-Key': KEY, ...(body !== null && { 'Content-Type': 'application/json' }) }
    const answer = await fetch(base + path, { method, headers, ...(body !== null && { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
  }
  const started = starting.move()
  return {
    site: (method: string, path: string, body: object | null = null) => call(elsewhere.url, method, path, body),
    say: (id: string, text: string) =>
      call(url, 'POST', `/api/conversations/${id}/messages`, { userId: 'ann', text, messageId: text }),
    messenger: (userId: string) => openMessengerClient(url, signSiteToken(secret, userId)),
    siteWire: (userId: string) => openSiteClient(url, signSiteToken(secret, userId)),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}

const group = (...userIds: string[]) => ({ id: 'tea', members: userIds.map((userId) => ({ userId })) })

describe('what another process does', () => {
  let pair: Awaited<ReturnType<typeof startPair>>
  beforeEach(async () => {
    pair = await startPair()
  })
  afterEach(() => pair[Symbol.asyncDispose]())

  /** Everybody of these on both wires, noting each text that reaches them. */
  async function listen(...userIds: string[]) {
    const people = await Promise.all(
      userIds.map(async (userId) => {
        const [messenger, siteWire] = await Promise.all([pair.messenger(userId), pair.siteWire(userId)])
        const texts: string[] = []
        messenger.socket.on('message:new', ({ encryptedContent }) => texts.push(encryptedContent))
        siteWire.socket.on('message:new', ({ text }) => texts.push(text))
        await messenger.ask('chat:join', { chatId: 'tea' })
        await siteWire.ask('conversation:join', { conversationId: 'tea' })
        return [userId, { messenger, siteWire, texts }] as const
      }),
    )
    return new Map(people)
  }

  it('to the membership of somebody, their open sockets know: nothing said later reaches them', async () => {
    await pair.site('POST', '/api/conversations', group('ann', 'bob', 'cem'))
    const people = await listen('bob', 'cem')
    const [bob, cem] = [people.get('bob'), people.get('cem')]
    await pair.say('tea', 'for all')
    await expect.poll(() => bob?.texts).toEqual(['for all', 'for all'])
    await pair.site('DELETE', '/api/conversations/tea/members/bob')
    expect(await bob?.siteWire.next('conversation:closed')).toEqual({ conversationId: 'tea', reason: 'removed' })
    await pair.say('tea', 'not for bob')
    await expect.poll(() => cem?.texts.length).toBe(4)
    expect(await bob?.messenger.refused('chat:history', { chatId: 'tea' })).toMatchObject({
      code: 'CONVERSATION_NOT_FOUND',
    })
    expect(bob?.texts).toEqual(['for all', 'for all'])
  })

  it('to a conversation and its id, those who are in it know: the next one under that id is not theirs', async () => {
    await pair.site('POST', '/api/conversations', group('ann', 'bob'))
    const bob = (await listen('bob')).get('bob')
    for (const text of ['1', '2', '3']) await pair.say('tea', text)
    await expect.poll(() => bob?.texts.length).toBe(6)
    await pair.site('DELETE', '/api/conversations/tea')
    await pair.site('POST', '/api/conversations', group('ann', 'dua'))
    const dua = (await listen('dua')).get('dua')
    for (const text of ['4', '5', '6', '7', '8']) await pair.say('tea', text)
    await expect.poll(() => dua?.texts.length).toBe(10)
    expect(await bob?.siteWire.next('conversation:closed')).toEqual({ conversationId: 'tea', reason: 'ended' })
    expect(bob?.texts.length).toBe(6)
  })

  it('to a conversation and its id, those who are in it know before they hear of the next one', async () => {
    await pair.site('POST', '/api/conversations', group('ann', 'bob'))
    const bob = (await listen('bob')).get('bob')
    await pair.say('tea', '1')
    await expect.poll(() => bob?.texts.length).toBe(2)
    await pair.site('DELETE', '/api/conversations/tea')
    await pair.site('POST', '/api/conversations', group('ann', 'dua'))
    for (const text of ['2', '3', '4']) await pair.say('tea', text)
    expect(await bob?.siteWire.next('conversation:closed')).toEqual({ conversationId: 'tea', reason: 'ended' })
    expect(await bob?.messenger.next('chat:expired')).toMatchObject({ chatId: 'tea' })
    expect(bob?.texts).toEqual(['1', '1'])
  })

  it.each([
    ['that nobody opens again', false],
    ['whose id another one has at once', true],
  ])('to a conversation %s is told to those who are in it', async (_, isMadeAnew) => {
    await pair.site('POST', '/api/conversations', group('ann', 'bob'))
    const bob = (await listen('bob')).get('bob')
    await pair.site('DELETE', '/api/conversations/tea')
    if (isMadeAnew) await pair.site('POST', '/api/conversations', group('ann', 'dua'))
    expect(await bob?.siteWire.next('conversation:closed')).toEqual({ conversationId: 'tea', reason: 'ended' })
    expect(await bob?.messenger.next('chat:expired')).toMatchObject({ chatId: 'tea' })
  })
})
