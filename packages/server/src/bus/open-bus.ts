import type { EventBus, Millis } from '@parley/core'
import type { RedisChannels } from '../redis/redis-channels.ts'
import type { Stores } from '../storage/open-stores.ts'
import { createMemoryBus } from './memory-bus.ts'
import { startPositionWatch } from './position-watch.ts'
import { createRedisBus, type RedisBus } from './redis-bus.ts'
import { createRelayedBus } from './relayed-bus.ts'
import { startVoiceWatch } from './voice-watch.ts'

export interface BusParts {
  /** `null`: there is no other node, or one that only shares the database. */
  readonly channels: RedisChannels | null
  readonly nodeId: string
  readonly stores: Pick<Stores, 'tail' | 'relay' | 'positions' | 'voice'>
  /** Whether people are connected to this process. */
  readonly servesSockets: boolean
  readonly now: () => Millis
  /** Told of failures that nobody waits for, and of messages from other nodes that can't be read. */
  readonly warn: (details: object, message: string) => void
}

export interface OpenBus extends AsyncDisposable {
  readonly bus: EventBus
  /** What came from other nodes since the start; `null` where none can be heard. */
  readonly stats: RedisBus['stats'] | null
}

/** The bus, and what finds out whatever it does not carry. */
export async function openBus(parts: BusParts): Promise<OpenBus> {
  return parts.channels === null ? openLocalBus(parts) : openRedisBus(parts.channels, parts)
}

function openRedisBus(channels: RedisChannels, { nodeId, stores, now, warn }: BusParts): OpenBus {
  const bus = createRedisBus(channels, {
    nodeId,
    report: (err) => warn({ err }, 'an event could not be told to somebody here'),
    refused: (what) => warn(what, 'messages of other nodes were dropped: they run another release, or are not nodes'),
  })
  const watches = new AsyncDisposableStack()
  watches.use(
    startPositionWatch({
      bus,
      positions: stores.positions,
      isCarrying: channels.isUp,
      now,
      report: (err) => warn({ err }, 'where conversations stand could not be read; trying again'),
    }),
  )
  watches.use(
    startVoiceWatch({
      bus,
      versions: stores.voice.versions,
      now,
      report: (err) => warn({ err }, 'whether voice has changed could not be read; trying again'),
    }),
  )
  return { bus, stats: bus.stats, [Symbol.asyncDispose]: () => watches.disposeAsync() }
}

/** Other processes are heard of through the database alone. */
async function openLocalBus({ stores, servesSockets, now }: BusParts): Promise<OpenBus> {
  const bus = createMemoryBus()
  stores.tail.onAdvanced((conversationId, upTo) => {
    const event = { type: 'conversation.advanced', conversationId, at: now(), upTo } as const
    bus.publish({ event, audience: { kind: 'topic' }, exceptSession: null })
  })
  if (servesSockets) stores.relay.onPosted(bus)
  await stores.tail.start()
  return {
    // Sockets are in another process, which follows what this one does for people.
    bus: servesSockets ? bus : createRelayedBus(bus, stores.relay.post),
    stats: null,
    [Symbol.asyncDispose]: async () => undefined,
  }
}
