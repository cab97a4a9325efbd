import { type CorePorts, createCore } from '@parley/core'
import { openCuttableLine } from '@parley/testkit/cuttable-line'
import { createMemoryMediaPlane } from '@parley/testkit/memory-media-plane'
import { startRedis } from '@parley/testkit/services'
import { createTestCore, personOf } from '@parley/testkit/test-core'
import { expect, it } from 'vitest'
import { openRedisNode } from '../bus/redis-node-fixture.ts'
import { createSystemClock } from '../ids/system-clock.ts'
import { createRedisDeadlineStore } from '../storage/redis/redis-deadline-store.ts'
import { createRedisPresenceStore } from '../storage/redis/redis-presence-store.ts'
import { createRedisVoiceStore } from '../storage/redis/redis-voice-store.ts'

const LEASE_MS = 1000
const RENEW_MS = 100
const WAITING = { timeout: 30_000, interval: 20 }

it('whose node was cut off from Redis for longer than a lease is in voice again as before, on the same media', async () => {
  await using stack = new AsyncDisposableStack()
  const redis = stack.use(await startRedis({ isDurable: false }))
  const line = stack.use(await openCuttableLine(redis.port))
  const rooms = createTestCore()
  rooms.close()
  const conversationId = await rooms.openRoom({ host: 'ann', hostName: 'ann' })

  async function startNode(url: string, userId: string) {
    const node = stack.use(await openRedisNode(url))
    const media = createMemoryMediaPlane()
    const ports: CorePorts = {
      ...rooms.ports,
      bus: node.bus,
      clock: createSystemClock(),
      presence: createRedisPresenceStore(node.link),
      voice: createRedisVoiceStore(node.link),
      deadlines: createRedisDeadlineStore(node.link),
      media,
    }
    const core = createCore(ports, { presenceLeaseMs: LEASE_MS, deadlinePollMs: RENEW_MS })
    stack.defer(() => core.close())
    const caller = personOf(userId, '1', conversationId)
    await core.enter(caller, { conversationId, name: userId, since: null, address: '192.0.2.1' })
    const { sessionId } = caller
    const renewing = setInterval(
      () => void core.renew([{ sessionId, userId, conversationId }]).catch(() => undefined),
      RENEW_MS,
    )
    stack.defer(() => clearInterval(renewing))
    await core.joinVoice(caller, { conversationId, muted: userId === 'bob' })
    return { core, caller, media }
  }
  const ann = await startNode(redis.url, 'ann')
  const far = new URL(redis.url)
  far.port = String(line.port)
  const bob = await startNode(far.href, 'bob')
  await bob.core.raiseHand(bob.caller, { conversationId, raised: true })
  const inVoice = async () => (await ann.core.voice(ann.caller, conversationId)).participants
  const isThere = [
    { userId: 'ann', muted: false, hand: null },
    { userId: 'bob', muted: true, hand: expect.any(Number), sessionId: 'bob-1', legs: 1 },
  ]
  await expect.poll(inVoice, WAITING).toMatchObject(isThere)
  const legs = bob.media.legs.get(bob.caller.sessionId)

  line.cut()
  await expect.poll(async () => (await inVoice()).length, WAITING).toBe(1)
  line.mend()
  await expect.poll(inVoice, WAITING).toMatchObject(isThere)
  expect(bob.media.legs.get(bob.caller.sessionId)).toBe(legs)
})
