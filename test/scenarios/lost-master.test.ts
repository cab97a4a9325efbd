import { startWatchedRedis, type WatchedRedis } from '@parley/testkit/services'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTalkingRoom } from './talking-room.ts'
import { startTwoNodesOn, type TwoNodes } from './two-nodes.ts'

const PATIENCE = { timeout: 60_000, interval: 20 }
const REFUSED = { ok: false, error: { code: 'UNAVAILABLE' } }

let nodes: TwoNodes<WatchedRedis>
let urls: readonly [string, string]
beforeAll(async () => {
  nodes = await startTwoNodesOn(() => startWatchedRedis({ isDurable: false }))
  urls = [nodes.one.url, nodes.other.url]
})
afterAll(() => nodes?.[Symbol.asyncDispose]())

it('a master that freezes, and comes back when another has taken over, is missed by nobody', async () => {
  await using stack = new AsyncDisposableStack()
  const { redis } = nodes
  const [master, replica] = redis.servers
  const room = await openTalkingRoom(stack, urls)
  room.startTalking()
  await room.goesOn()
  await master.pause()
  expect(await room.tryToSay()).toMatchObject(REFUSED)
  await expect.poll(redis.master, PATIENCE).toBe(replica)
  await room.goesOn()
  master.resume()
  await room.goesOn()
  await room.stopTalking()
  // Each had at most one message on its way when nothing was answered any more.
  expect((await room.lost()).length).toBeLessThanOrEqual(room.people.length)
  await redis.follow(master)
})

it('what a killed master had told nobody but its clients is gone for all alike, and nobody takes the new for it', async () => {
  await using stack = new AsyncDisposableStack()
  const { redis } = nodes
  const [replica, master] = redis.servers
  const room = await openTalkingRoom(stack, urls)
  await room.sayOnce()
  await redis.follow(replica)
  await replica.pause()
  await redis.cli(master, 'client', 'kill', 'type', 'replica')
  await room.sayOnce()
  const doomed = ['Host says 2', 'Guest says 2']
  expect([...room.acknowledged].slice(-2).toSorted()).toEqual(doomed.toSorted())
  await master.kill()
  replica.resume()
  await expect.poll(redis.master, PATIENCE).toBe(replica)
  // Nobody says or does anything meanwhile.
  expect((await room.lost()).toSorted()).toEqual(doomed.toSorted())
  await room.sayOnce()
  expect((await room.lost()).toSorted()).toEqual(doomed.toSorted())
  for (const person of room.people) expect(person.freshViews).toBeGreaterThan(0)
})
