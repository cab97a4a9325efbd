import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type RedisCluster, startRedisCluster } from '@parley/testkit/services'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTalkingRoom, type TalkingRoom } from './talking-room.ts'
import { startTwoNodesOn, type TwoNodes } from './two-nodes.ts'

const run = promisify(execFile)
/** Between the keys of a slot that moves: people write while some of a room is here and some there. */
const BETWEEN_KEYS_MS = 20

let nodes: TwoNodes<RedisCluster>
let urls: readonly [string, string]
beforeAll(async () => {
  const settings = { 'cluster-node-timeout': 1500 }
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
  for (const server of nodes.redis.servers) {
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

/** Moves what is in the slot of this key to another master, as `redis-cli --cluster reshard` does, but slowly. */
async function moveSlotOf(key: string): Promise<void> {
  const slot = Number(await cli(nodes.redis.servers[0] as Server, 'cluster', 'keyslot', key))
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

it('when a master is killed its replica takes over, and people in all rooms talk on', async () => {
  await using stack = new AsyncDisposableStack()
  const rooms: TalkingRoom[] = []
  for (let number = 0; number < 4; number += 1) rooms.push(await openTalkingRoom(stack, urls))
  for (const room of rooms) room.startTalking()
  await Promise.all(rooms.map((room) => room.goesOn()))
  const [room] = rooms
  const slot = Number(await cli(nodes.redis.servers[0] as Server, 'cluster', 'keyslot', `room:${room?.roomId}`))
  const master = await ownerOf(slot)
  await master.kill()
  await expect.poll(() => room?.tryToSay()).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
  await Promise.all(rooms.map((each) => each.goesOn()))
  for (const each of rooms) {
    await each.stopTalking()
    // Each had at most one message on its way to a replica when the master was killed.
    expect((await each.lost()).length).toBeLessThanOrEqual(each.people.length)
  }
})
