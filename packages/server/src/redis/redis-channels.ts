import { isUnavailable } from '@parley/core'
import { ORDINARY, SHARDED } from './channel-commands.ts'
import type { RedisLink } from './open-redis.ts'
import { createOutgoingMessages } from './outgoing-messages.ts'
import { asDomainError } from './unavailable.ts'

/** Whoever listens to a channel. */
interface ChannelListener {
  /** Something was published, by this node or another. */
  heard(bytes: Buffer): void
  /**
   * The subscription has been made, or made again: what was published before may have been missed. `hasGap` says that
   * this may be so even of what was published since the listener listens.
   */
  subscribed?(hasGap: boolean): void
}

interface ChannelStats {
  /** Channels that this node listens to. */
  readonly subscriptions: number
  /** Handed over to Redis, since the start. */
  readonly published: number
  /** What could not be handed over, since the start: Redis was away, or too slow. */
  readonly dropped: number
}

/** Channels of Redis: sharded ones where the server has them. */
export interface RedisChannels extends Disposable {
  /** Listens until the returned function is called. A channel has one listener at a time. */
  listen(channel: string, listener: ChannelListener): () => void
  /**
   * Nobody waits for it: what can't be handed over is counted, and lost. `instead` is then said in its place as soon as
   * that can be, once for all that is missing in the channel. What this node publishes keeps its order in each channel.
   */
  publish(channel: string, text: string, instead?: string): void
  /** Resolves with how many connections have heard it. Rejects as `RedisLink.ask` does. */
  send(channel: string, text: string): Promise<number>
  /** Whether messages come and go now. */
  isUp(): boolean
  stats(): ChannelStats
}

/** Channels in one command. */
const MAX_BATCH = 500
/** Whoever stops listening may listen again in a moment. */
const LINGER_MS = 1000
const RETRY_MS = 500
/** A line that broke without a word is noticed by asking. */
const HEARTBEAT_MS = 2000
/** A Cluster's client subscribes again by itself, and does not say when it is done. */
const CLUSTER_RESUBSCRIBE_MS = 200

interface Channel {
  /** `null`: nobody listens any more. */
  listener: ChannelListener | null
  isSubscribed: boolean
  /** Whether the next subscription comes after a gap: what was published since the listener listens may have been missed. */
  hasGap: boolean
}

export function createRedisChannels(link: RedisLink, report: (error: unknown) => void): RedisChannels {
  const { subscriber } = link
  const isCluster = link.kind === 'cluster'
  const commands = link.hasShardedChannels ? SHARDED : ORDINARY
  const channels = new Map<string, Channel>()
  const unasked = new Set<string>()
  const unwanted = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  const outgoing = createOutgoingMessages(link, commands)
  let isClosed = false

  function after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, ms)
    timers.add(timer.unref())
  }

  function ask(names: Iterable<string>): void {
    const isScheduled = unasked.size > 0
    for (const name of names) unasked.add(name)
    if (!isScheduled && unasked.size > 0) queueMicrotask(subscribeUnasked)
  }

  function subscribeUnasked(): void {
    const names = [...unasked]
    unasked.clear()
    if (isClosed) return
    // One command speaks of one slot; without a Cluster there is one for everything.
    const size = isCluster ? 1 : MAX_BATCH
    for (let from = 0; from < names.length; from += size) void subscribe(names.slice(from, from + size))
  }

  async function subscribe(names: readonly string[]): Promise<void> {
    try {
      await commands.subscribe(subscriber, names)
    } catch (error) {
      if (isClosed) return
      for (const name of names) {
        const channel = channels.get(name)
        if (channel !== undefined) channel.hasGap = true
      }
      // A line that broke asks for everything when it is back.
      if (!isCluster && subscriber.status !== 'ready') return
      // That Redis does not answer is told by the link.
      const meant = asDomainError(error)
      if (!isUnavailable(meant)) report(meant)
      after(RETRY_MS, () => ask(names.filter((name) => channels.get(name)?.isSubscribed === false)))
      return
    }
    for (const name of names) {
      const channel = channels.get(name)
      if (channel === undefined) continue
      channel.isSubscribed = true
      tell(channel)
    }
  }

  function tell(channel: Channel): void {
    const { hasGap } = channel
    channel.hasGap = true
    channel.listener?.subscribed?.(hasGap)
  }

  function unsubscribeUnwanted(): void {
    const names = [...unwanted].filter((name) => channels.get(name)?.listener === null)
    unwanted.clear()
    for (const name of names) channels.delete(name)
    const size = isCluster ? 1 : MAX_BATCH
    for (let from = 0; from < names.length; from += size) {
      // When the line broke, there is nothing left to end.
      commands.unsubscribe(subscriber, names.slice(from, from + size)).catch(() => undefined)
    }
  }

  function onLost(): void {
    for (const channel of channels.values()) channel.isSubscribed = false
  }

  function onLineBack(): void {
    onLost()
    ask(channels.keys())
  }

  function onClusterBack(): void {
    after(CLUSTER_RESUBSCRIBE_MS, () => {
      for (const channel of channels.values()) if (channel.isSubscribed) tell(channel)
    })
  }

  const onMessage = (channel: Buffer, bytes: Buffer): void => channels.get(channel.toString())?.listener?.heard(bytes)
  subscriber.on(commands.event, onMessage)
  const [backEvent, onBack] = isCluster
    ? (['subscribersReady', onClusterBack] as const)
    : (['ready', onLineBack] as const)
  subscriber.on(backEvent, onBack)
  const heartbeat = setInterval(() => {
    // An overdue answer makes the driver break the line, and begin a new one.
    if (!isCluster && subscriber.status === 'ready') subscriber.ping().catch(() => undefined)
  }, HEARTBEAT_MS).unref()

  return {
    listen(name, listener) {
      // Who listens again in time has the subscription that is there, and is told of the one after it.
      const channel = channels.get(name) ?? { listener, isSubscribed: false, hasGap: false }
      channel.listener = listener
      channel.hasGap = channels.has(name)
      if (!channels.has(name)) {
        channels.set(name, channel)
        ask([name])
      }
      return () => {
        if (channel.listener !== listener) return
        channel.listener = null
        if (unwanted.size === 0) after(LINGER_MS, unsubscribeUnwanted)
        unwanted.add(name)
      }
    },
    publish: outgoing.push,
    send: (name, text) => link.ask((redis) => commands.publish(redis, name, text)),
    isUp: () => link.isUp() && subscriber.status === 'ready',
    stats: () => ({ subscriptions: channels.size, ...outgoing.stats() }),
    [Symbol.dispose]() {
      isClosed = true
      outgoing[Symbol.dispose]()
      clearInterval(heartbeat)
      for (const timer of timers) clearTimeout(timer)
      subscriber.off(commands.event, onMessage)
      subscriber.off(backEvent, onBack)
    },
  }
}
