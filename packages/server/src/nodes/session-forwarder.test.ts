import { once } from 'node:events'
import { type IncomingMessage, request as openRequest } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { openRoundRobinProxy, type RoundRobinProxy } from '@parley/testkit/round-robin-proxy'
import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Member, openWires, type WiresFixture } from '../wire/wires-fixture.ts'
import { createNodeSignatures, SIGNATURE_HEADER } from './node-signature.ts'
import { openNodeListener } from './open-node-listener.ts'
import { createSessionForwarder } from './session-forwarder.ts'

const signatures = createNodeSignatures(['a secret that all of these nodes have in common'])

let opened: AsyncDisposableStack
let core: TestCore
let directory: Map<string, URL>
let proxy: RoundRobinProxy
let nodes: WiresFixture[]
/** How much passes through each node. */
let passing: Map<WiresFixture, () => number>

/** A node that shares with the others what Redis would hold. */
async function openNode(serverId: string): Promise<WiresFixture> {
  const forwarder = opened.use(
    createSessionForwarder({
      directory: { find: async (id) => directory.get(id) ?? null },
      signatures,
      logger: { warn: () => undefined },
    }),
  )
  const node = opened.use(await openWires({ serverId }, () => true, { core, forwarder }))
  const listener = opened.use(
    await openNodeListener({
      ...{ host: '127.0.0.1', port: 0, signatures },
      onRequest: node.wires.serveForwarded,
      onUpgrade: node.wires.serveForwardedUpgrade,
    }),
  )
  directory.set(serverId, listener.url)
  passing.set(node, () => forwarder.passing)
  return node
}

beforeEach(async () => {
  opened = new AsyncDisposableStack()
  core = createTestCore()
  directory = new Map()
  passing = new Map()
  nodes = [await openNode('n1'), await openNode('n2'), await openNode('n3')]
  proxy = opened.use(await openRoundRobinProxy(nodes.map(({ url }) => url)))
})

afterEach(() => opened.disposeAsync())

/** A stock client, of whom each request goes to the next node. */
async function guest(name: string, transports: string[], { url }: { readonly url: string } = proxy): Promise<Member> {
  const [first] = nodes
  if (first === undefined) throw new TypeError('There are nodes')
  const member = await first.member(await first.token(name), { url, transports })
  opened.defer(() => void member.socket.close())
  return member
}

const sidOf = (member: Member): string => member.socket.io.engine.id ?? ''
const told = ({ events }: Member): unknown[] =>
  events.flatMap(([event, data]) => (event === 'message:new' ? [data.encryptedContent] : []))
const askedAt = async (url: string): Promise<Response> => fetch(url)

describe('through a balancer that knows no sessions', () => {
  test.each([
    ['polling', ['polling']],
    ['polling, then a WebSocket', ['polling', 'websocket']],
  ])('stock clients talk: %s', async (_how, transports) => {
    const chatId = await core.openRoom({ minutes: 60 })
    const [ann, bob] = await Promise.all([guest('ann', transports), guest('bob', transports)])
    for (const member of [ann, bob]) expect(await member.ask('chat:join', { chatId })).toMatchObject({ ok: true })
    if (transports.length > 1) {
      await expect.poll(() => bob.socket.io.engine.transport.name).toBe('websocket')
    }
    for (let n = 0; n < 10; n += 1) {
      const sent = await ann.ask('message:new', { chatId, encryptedContent: `${n}`, messageType: 'text' })
      expect(sent).toMatchObject({ ok: true })
      expect(await bob.get('message:new')).toMatchObject({ encryptedContent: `${n}` })
    }
    expect(proxy.counts.size).toBe(3)
    for (const count of proxy.counts.values()) expect(count).toBeGreaterThan(0)
    expect([ann, bob].every(({ socket }) => socket.connected)).toBe(true)
  })

  test('a stock client that polls is told all of it once, though answers are lost on the way and asked for again', async () => {
    let answers = 0
    /** Breaks off the answer to each third request of a session. */
    function breaks({ url = '' }: IncomingMessage): boolean {
      if (url.includes('sid=')) answers += 1
      return url.includes('sid=') && answers % 3 === 0
    }
    const urls = nodes.map(({ url }) => url)
    await using forgetful = await openRoundRobinProxy(urls, { breaks })
    const chatId = await core.openRoom({ minutes: 60 })
    const [ann, bob] = await Promise.all([guest('ann', ['polling'], forgetful), guest('bob', ['polling'], forgetful)])
    for (const member of [ann, bob]) expect(await member.ask('chat:join', { chatId })).toMatchObject({ ok: true })
    const texts = Array.from({ length: 20 }, (_, index) => `${index}`)
    for (const text of texts)
      expect(await ann.ask('message:new', { chatId, encryptedContent: text })).toMatchObject({ ok: true })
    await expect.poll(() => told(bob)).toContain(texts.at(-1))
    expect(told(bob)).toEqual(texts)
    expect([ann, bob].every(({ socket }) => socket.connected)).toBe(true)
  })

  test('a packet that is too large is refused as by the node itself', async () => {
    const ann = await guest('ann', ['polling'])
    const sid = sidOf(ann)
    const other = nodes.find((_node, at) => !sid.startsWith(`n${at + 1}.`))
    const url = `${other?.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`
    expect((await fetch(url, { method: 'POST', body: `4${'x'.repeat(1_200_000)}` })).status).toBe(413)
  })

  test('whoever leaves is gone at once, though another node had the poll', async () => {
    const chatId = await core.openRoom({ minutes: 60 })
    const [ann, bob] = await Promise.all([guest('ann', ['websocket']), guest('bob', ['polling'])])
    for (const member of [ann, bob]) expect(await member.ask('chat:join', { chatId })).toMatchObject({ ok: true })
    bob.socket.close()
    expect(await ann.get('presence:update')).toMatchObject({ userId: 'bob', status: 'offline' })
  })
})

describe('a session whose node is gone', () => {
  const unknown = { code: 1, message: 'Session ID unknown' }
  const poll = (sid: string): string => `${nodes[0]?.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`

  test('is unknown, so that its client comes back at once', async () => {
    const answer = await askedAt(poll('n9.abcdefghijklmnop'))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual(unknown)
  })

  test('is so too where nobody listens any more', async () => {
    const nobody = createServer()
    nobody.listen(0, '127.0.0.1')
    await once(nobody, 'listening')
    const { port } = nobody.address() as AddressInfo
    nobody.close()
    await once(nobody, 'close')
    directory.set('n9', new URL(`http://127.0.0.1:${port}`))
    const answer = await askedAt(poll('n9.abcdefghijklmnop'))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual(unknown)
  })

  test('is so too where another node has its place: nothing goes round in circles', async () => {
    directory.set('n9', directory.get('n2') ?? new URL('http://127.0.0.1'))
    const answer = await askedAt(poll('n9.abcdefghijklmnop'))
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual(unknown)
  })

  test('brings its client back by itself', async () => {
    const first = nodes[0] as WiresFixture
    const ann = await first.member(await first.token('ann'), {
      ...{ url: proxy.url, transports: ['polling'], reconnection: true },
      ...{ reconnectionDelay: 1, reconnectionDelayMax: 1 },
    })
    opened.defer(() => void ann.socket.close())
    const [nodeId = ''] = sidOf(ann).split('.')
    const own = nodes[Number(nodeId.slice(1)) - 1] as WiresFixture
    proxy.setServers(nodes.filter((node) => node !== own).map(({ url }) => url))
    directory.delete(nodeId)
    await own.wires.close()
    expect(await ann.get('connected')).toMatchObject({ userId: 'ann' })
    expect(sidOf(ann).startsWith(`${nodeId}.`)).toBe(false)
  })
})

describe('the listener for other nodes', () => {
  test('answers nobody else', async () => {
    const ann = await guest('ann', ['polling'])
    const sid = sidOf(ann)
    const internal = directory.get(sid.split('.')[0] ?? '')
    const path = `/socket.io/?EIO=4&transport=polling&sid=${sid}`
    expect((await fetch(new URL(path, internal))).status).toBe(403)
    const forged = createNodeSignatures(['somebody who does not know the secret of these nodes'])
    const signature = forged.sign({ method: 'GET', path, address: '192.0.2.1' })
    expect((await fetch(new URL(path, internal), { headers: { [SIGNATURE_HEADER]: signature } })).status).toBe(403)
    expect(ann.socket.connected).toBe(true)
  })
})

function homeOf(member: Member): WiresFixture {
  const home = nodes.find((_node, at) => sidOf(member).startsWith(`n${at + 1}.`))
  if (home === undefined) throw new TypeError('Each session is on a node')
  return home
}

test('a node that drains ends what passes through it, and its clients come back', async () => {
  const first = nodes[0] as WiresFixture
  const ann = await first.member(await first.token('ann'), {
    ...{ url: proxy.url, transports: ['polling', 'websocket'], reconnection: true },
    ...{ reconnectionDelay: 1, reconnectionDelayMax: 1 },
  })
  opened.defer(() => void ann.socket.close())
  await expect.poll(() => ann.socket.io.engine.transport.name).toBe('websocket')
  // Which of the others carries it, or none, is a matter of turns: all of them stop, one after the other.
  const own = homeOf(ann)
  proxy.setServers([own.url])
  for (const node of nodes) if (node !== own) await node.wires.drain(300)
  const chatId = await core.openRoom({ minutes: 60 })
  await expect.poll(() => ann.ask('chat:join', { chatId })).toMatchObject({ ok: true })
})

test('a node that drains has the polls that pass through it answered, and their clients stay where they are', async () => {
  const ann = await guest('ann', ['polling'])
  const home = homeOf(ann)
  const leaving = nodes.find((node) => node !== home) as WiresFixture
  const chatId = await core.openRoom({ minutes: 60 })
  const bob = await guest('bob', ['websocket'], home)
  expect(await bob.ask('chat:join', { chatId })).toMatchObject({ ok: true })
  proxy.setServers([leaving.url])
  expect(await ann.ask('chat:join', { chatId })).toMatchObject({ ok: true })
  await expect.poll(() => passing.get(leaving)?.()).toBe(1)
  const sid = sidOf(ann)

  proxy.setServers([home.url])
  // By itself it would be answered later than the draining node waits.
  await leaving.wires.drain(10_000)
  expect(passing.get(leaving)?.()).toBe(0)
  for (const text of ['one', 'two']) await bob.ask('message:new', { chatId, encryptedContent: text })
  await expect.poll(() => told(ann)).toEqual(['one', 'two'])
  expect(sidOf(ann)).toBe(sid)
})

test('what a client was sending when its node began to drain is taken and answered', async () => {
  const [home] = nodes as [WiresFixture]
  const ann = await guest('ann', ['polling'], home)
  const idle = await Promise.all(['bob', 'cleo', 'dan', 'emma'].map((name) => guest(name, ['websocket'], home)))
  const chatId = await core.openRoom({ minutes: 60 })
  expect(await ann.ask('chat:join', { chatId })).toMatchObject({ ok: true })
  const packet = `42["message:new",${JSON.stringify({ chatId, encryptedContent: 'all of it' })}]`
  const url = `${home.url}/socket.io/?EIO=4&transport=polling&sid=${sidOf(ann)}`
  const headers = { 'content-type': 'text/plain;charset=UTF-8', 'content-length': Buffer.byteLength(packet) }
  const sending = openRequest(url, { method: 'POST', headers })
  const answered = once(sending, 'response')
  sending.write(packet.slice(0, 20))

  const drained = home.wires.drain(10_000)
  await expect.poll(() => idle.every(({ socket }) => !socket.connected)).toBe(true)
  sending.end(packet.slice(20))
  const [answer] = (await answered) as [IncomingMessage]
  answer.resume()
  expect(answer.statusCode).toBe(200)
  // What comes next goes to another node.
  expect(answer.headers.connection).toBe('close')
  await drained
  const { messages } = await core.history(personOf('ann'), { conversationId: chatId, limit: 10 })
  expect(messages).toMatchObject([{ content: 'all of it' }])
})
