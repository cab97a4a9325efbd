import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { messenger } from '@parley/protocol'
import { keys } from '@parley/server/redis/keys'
import { partitionOf } from '@parley/server/redis/partitions'
import { type RedisCluster, startRedisCluster } from '@parley/testkit/services'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { createGroups } from './site-chats.ts'
import { openTalkingRoom, type TalkingRoom } from './talking-room.ts'
import { startTwoNodesOn, type TwoNodes } from './two-nodes.ts'

const run = promisify(execFile)
/** Between the keys of a slot that moves: people write while some of a room is here and some there. */
const BETWEEN_KEYS_MS = 20
const PATIENCE = { timeout: 60_000, interval: 50 }
const REFUSED = { ok: false, error: { code: 'UNAVAILABLE' } }

let nodes: TwoNodes<RedisCluster>
let urls: readonly [string, string]
beforeAll(async () => {
  const settings = {
    // A machine that stands still for a moment makes no replica take over.
    'cluster-node-timeout': 4000,
    // However long it was held back.
    'cluster-replica-validity-factor': 0,
    'repl-diskless-sync-delay': 0,
    // A file for what is stored makes a server trustworthy; nobody is started again, and the disk may take its time.
    appendfsync: 'no',
  }
  nodes = await startTwoNodesOn(() => startRedisCluster({ hasReplicas: true, settings }))
  urls = [nodes.one.url, nodes.other.url]
})
afterAll(() => nodes?.[Symbol.asyncDispose]())

type Server = RedisCluster['servers'][number]

async function cli({ port }: Server, ...args: readonly (string | number)[]): Promise<string> {
  const { stdout } = await run('redis-cli', ['-p', String(port), ...args.map(String)])
  // It ends well also when the server has refused.
  if (/^(\(error\) )?(ERR|IOERR|BUSYKEY|NOKEY)/.test(stdout)) throw new Error(`${args.join(' ')}: ${stdout}`)
  return stdout.trim()
}

/** The master that has this slot, by its own word. */
async function ownerOf(slot: number): Promise<Server> {
  for (const server of [...nodes.redis.servers, ...nodes.redis.replicas]) {
    const own = (await cli(server, 'cluster', 'nodes')).split('\n').find((line) => line.includes('myself')) ?? ''
    const ranges = own.split(' ').slice(8)
    const has = (range: string): boolean => {
      const [from = 0, to = from] = range.split('-').map(Number)
      return slot >= from && slot <= to
    }
    if (ranges.some(has)) return server
  }
  throw new Error(`no master has slot ${slot}`)
}

/** One that was a master until just now is known as its replica a moment later. */
async function replicaOf(master: Server): Promise<Server> {
  const id = await cli(master, 'cluster', 'myid')
  const all = [...nodes.redis.servers, ...nodes.redis.replicas]
  const find = async (): Promise<Server | undefined> => {
    const told = await cli(master, 'cluster', 'replicas', id)
    return all.find(({ port }) => told.includes(`127.0.0.1:${port}@`))
  }
  await expect.poll(find, PATIENCE).toBeDefined()
  return (await find()) as Server
}

/** Whether this replica may take over by itself. While none does, it is seen at leisure what is refused. */
const setTakesOver = (replica: Server, takesOver: boolean): Promise<string> =>
  cli(replica, 'config', 'set', 'cluster-replica-no-failover', takesOver ? 'no' : 'yes')

const slotOf = async (key: string): Promise<number> =>
  Number(await cli(nodes.redis.servers[0] as Server, 'cluster', 'keyslot', key))

/** Moves what is in the slot of this key to another master, as `redis-cli --cluster reshard` does, but slowly. */
async function moveSlotOf(key: string): Promise<void> {
  const slot = await slotOf(key)
  const source = await ownerOf(slot)
  const target = nodes.redis.servers.find((server) => server !== source) as Server
  const [sourceId = '', targetId = ''] = await Promise.all(
    [source, target].map((server) => cli(server, 'cluster', 'myid')),
  )
  await cli(target, 'cluster', 'setslot', slot, 'importing', sourceId)
  await cli(source, 'cluster', 'setslot', slot, 'migrating', targetId)
  for (;;) {
    const name = await cli(source, 'cluster', 'getkeysinslot', slot, 1)
    if (name === '') break
    await cli(source, 'migrate', '127.0.0.1', target.port, name, 0, 5000)
    await pause(BETWEEN_KEYS_MS)
  }
  for (const server of [target, source]) await cli(server, 'cluster', 'setslot', slot, 'node', targetId)
}

it('of a room that moves to another server of the Cluster while people talk, nothing is lost, and all of them hear on', async () => {
  await using stack = new AsyncDisposableStack()
  const room = await openTalkingRoom(stack, urls)
  room.startTalking()
  await room.goesOn()
  // The room, its channel, and some of what many share.
  await moveSlotOf(`room:${room.roomId}`)
  await moveSlotOf(`parley:conversation:${room.roomId}`)
  await moveSlotOf('{parley:nodes}')
  await room.goesOn()
  await room.stopTalking()
  expect(await room.lost()).toEqual([])
  for (const person of room.people) expect(person.freshViews).toBe(0)
})

/** Two people in voice, each on another node, in a room whose voice is kept by this server and all else of it by others. */
async function openVoiceOn(stack: AsyncDisposableStack, server: Server) {
  const rest = createRestClient(urls[0])
  for (;;) {
    const { roomId: chatId, token } = await rest.createRoom()
    if ((await ownerOf(await slotOf(`room:${chatId}`))) === server) continue
    if ((await ownerOf(await slotOf(keys.voice(partitionOf(chatId), 'of:')))) !== server) continue
    const guest = await createRestClient(urls[1]).joinRoom(chatId, 'Guest')
    const host = stack.use(await openMessengerClient(urls[0], token))
    const other = stack.use(await openMessengerClient(urls[1], guest.token))
    for (const client of [host, other]) {
      await client.ask('chat:join', { chatId })
      await client.ask('voice:join', { chatId })
    }
    const raise = async (raised: boolean) => {
      const answer = await host.socket.timeout(20_000).emitWithAck('voice:hand', { chatId, raised })
      return answer as { readonly ok: boolean }
    }
    /** Whether each of them sees these hands up, of those in voice. */
    const hands = () =>
      [host, other].map(({ received }) => {
        const last = received.findLast(({ event }) => event === 'voice:state')?.data
        return (last as messenger.ServerData<'voice:state'> | undefined)?.participants.map(({ hand }) => hand !== null)
      })
    return { raise, hands }
  }
}

it('a master that freezes, and comes back when its replica has taken over, is missed by nobody', async () => {
  await using stack = new AsyncDisposableStack()
  const printed = vi.spyOn(console, 'error')
  stack.defer(() => printed.mockRestore())
  const names = ['frozen-ann', 'frozen-bob'] as const
  const [chatId = ''] = await createGroups(urls[0], nodes.token(names[0]), names, 1, 'frozen')
  const ann = stack.use(await openMessengerClient(urls[0], nodes.token(names[0])))
  const bob = stack.use(await openMessengerClient(urls[1], nodes.token(names[1])))
  for (const client of [ann, bob]) await client.ask('chat:join', { chatId })
  const room = await openTalkingRoom(stack, urls)
  const master = await ownerOf(await slotOf(`room:${room.roomId}`))
  const replica = await replicaOf(master)
  const voice = await openVoiceOn(stack, master)
  room.startTalking()
  await room.goesOn()

  stack.defer(master.resume)
  await setTakesOver(replica, false)
  await master.pause()
  const [inRoom, inVoice] = await Promise.all([room.tryToSay(), voice.raise(true)])
  expect([inRoom, inVoice]).toMatchObject([REFUSED, REFUSED])
  await setTakesOver(replica, true)
  // What lasts is in the database.
  await ann.ask('message:new', { chatId, encryptedContent: 'meanwhile', tempId: 'meanwhile', messageType: 'text' })
  await bob.next('message:new', ({ tempId }) => tempId === 'meanwhile')
  await room.goesOn()
  await expect.poll(() => voice.raise(true), PATIENCE).toEqual({ ok: true })
  await expect.poll(voice.hands, PATIENCE).toEqual([
    [true, false],
    [true, false],
  ])
  expect(await cli(replica, 'info', 'replication')).toContain('role:master')

  master.resume()
  await expect.poll(() => cli(master, 'info', 'replication'), PATIENCE).toMatch(/role:slave.*master_link_status:up/s)
  await room.goesOn()
  await expect.poll(() => voice.raise(false), PATIENCE).toEqual({ ok: true })
  await expect.poll(voice.hands, PATIENCE).toEqual([
    [false, false],
    [false, false],
  ])
  await room.stopTalking()
  // Each had at most one message on its way when nothing was answered any more.
  expect((await room.lost()).length).toBeLessThanOrEqual(room.people.length)
  expect(bob.received.filter(({ event }) => event === 'message:new')).toHaveLength(1)
  expect(printed.mock.calls).toEqual([])
})

it('when a master is killed its replica takes over, and people in all rooms talk on', async () => {
  await using stack = new AsyncDisposableStack()
  const rooms: TalkingRoom[] = []
  for (let number = 0; number < 4; number += 1) rooms.push(await openTalkingRoom(stack, urls))
  for (const room of rooms) room.startTalking()
  await Promise.all(rooms.map((room) => room.goesOn()))
  const [room] = rooms
  const master = await ownerOf(await slotOf(`room:${room?.roomId}`))
  const replica = await replicaOf(master)
  await setTakesOver(replica, false)
  await master.kill()
  expect(await room?.tryToSay()).toMatchObject(REFUSED)
  await setTakesOver(replica, true)
  await Promise.all(rooms.map((each) => each.goesOn()))
  for (const each of rooms) {
    await each.stopTalking()
    // Each had at most one message on its way to a replica when the master was killed.
    expect((await each.lost()).length).toBeLessThanOrEqual(each.people.length)
  }
})
