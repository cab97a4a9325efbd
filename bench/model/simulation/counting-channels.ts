import type { RedisChannels } from '@parley/server/redis/channels'

/** What passed through the channels of one kind of event. */
export interface Traffic {
  /** Handed over by nodes. */
  published: number
  /** Given to nodes that listen, the one that handed it over among them. */
  heard: number
  /** The bytes of all that was given to nodes. */
  bytesHeard: number
}

/** Channels in memory, in the place of Redis's: whoever listens to a channel gets what is published there, and it is counted. */
export interface CountingChannels {
  /** One node's end of them. */
  open(): RedisChannels
  /** By the event's type, since it was last asked for. */
  take(): ReadonlyMap<string, Traffic>
  /** Nodes that listen to this channel. */
  listeners(channel: string): number
  /** Channels that somebody listens to, with each node that does. */
  subscriptions(): number
}

type Listener = Parameters<RedisChannels['listen']>[1]

/** What stands before the event in an envelope: version, kind, and the sender's id. */
const HEADER_LENGTH = 18

export function createCountingChannels(): CountingChannels {
  const channels = new Map<string, Set<Listener>>()
  let traffic = new Map<string, Traffic>()

  function publish(channel: string, text: string): void {
    const listeners = channels.get(channel) ?? []
    const bytes = Buffer.from(text)
    const { event } = JSON.parse(text.slice(HEADER_LENGTH)) as { event: { type: string } }
    const counted = traffic.get(event.type) ?? { published: 0, heard: 0, bytesHeard: 0 }
    traffic.set(event.type, counted)
    counted.published += 1
    for (const listener of [...listeners]) {
      counted.heard += 1
      counted.bytesHeard += bytes.length
      listener.heard(bytes)
    }
  }

  return {
    open: () => ({
      listen(channel, listener) {
        const listeners = channels.get(channel) ?? new Set()
        channels.set(channel, listeners.add(listener))
        listener.subscribed?.(false)
        return () => {
          listeners.delete(listener)
          if (listeners.size === 0) channels.delete(channel)
        }
      },
      publish,
      async send(channel, text) {
        publish(channel, text)
        return channels.get(channel)?.size ?? 0
      },
      isUp: () => true,
      stats: () => ({ subscriptions: 0, published: 0, dropped: 0 }),
      [Symbol.dispose]: () => undefined,
    }),
    take() {
      const taken = traffic
      traffic = new Map()
      return taken
    },
    listeners: (channel) => channels.get(channel)?.size ?? 0,
    subscriptions: () => [...channels.values()].reduce((sum, { size }) => sum + size, 0),
  }
}
