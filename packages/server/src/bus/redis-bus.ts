import type { ConversationId, EventBus, Published } from '@parley/core'
import { keys } from '../redis/keys.ts'
import type { RedisChannels } from '../redis/redis-channels.ts'
import { createEnvelopes } from './envelope.ts'
import { createMemoryBus } from './memory-bus.ts'

export interface RedisBusOptions {
  /** The id of this node, in the form that `createEnvelopes` takes. */
  readonly nodeId: string
  /** Told what listeners throw. */
  readonly report: (error: unknown) => void
  /** Told now and then of messages that this node can't read. */
  readonly refused: (what: { readonly reason: string; readonly count: number }) => void
}

/** A bus between nodes. */
export interface RedisBus extends EventBus {
  /** Those with listeners on this node. */
  conversations(): Iterable<ConversationId>
  /** Tells the listeners of this node alone. */
  tellHere(published: Published): void
  /**
   * `listener` is called with a conversation whenever something may have been missed there: when what other nodes publish
   * begins to come, or comes again, or could not be sent.
   */
  onListening(listener: (conversationId: ConversationId) => void): void
  /** `listener` is called with each conversation in which something happens, here or as another node tells it. */
  onNews(listener: (conversationId: ConversationId) => void): void
  stats(): { readonly received: number; readonly refused: number }
}

/** Messages that can't be read are told of at most so often. */
const REFUSALS_MS = 60_000

/**
 * Tells listeners of this node at once, and those of others through Redis. A node has one subscription for each
 * conversation that somebody there looks at, and for each user who is connected there.
 */
export function createRedisBus(channels: RedisChannels, options: RedisBusOptions): RedisBus {
  const here = createMemoryBus(options.report)
  const envelopes = createEnvelopes(options.nodeId)
  const refusals = createRefusals(options.refused)
  const onListening = new Set<(conversationId: ConversationId) => void>()
  const onNews = new Set<(conversationId: ConversationId) => void>()
  let received = 0

  /** Called when something may have been missed of a conversation, or of what is addressed to a user: it comes again, or another node could not send it. */
  const missedOf = { conversation: createMissed(), user: createMissed() }
  const listenToConversation = createShared((conversationId: ConversationId) =>
    channels.listen(keys.conversationChannel(conversationId), {
      heard(bytes) {
        const opened = envelopes.open(bytes)
        if (opened.kind === 'own') return
        received += 1
        if (opened.kind === 'published' && opened.published.event.conversationId === conversationId) {
          here.publish(opened.published)
          for (const listener of onNews) listener(conversationId)
        } else if (opened.kind === 'missed') {
          for (const listener of onListening) listener(conversationId)
          missedOf.conversation.tell(conversationId)
        } else refusals.count(opened.kind === 'refused' ? opened.reason : 'malformed')
      },
      subscribed(hasGap) {
        for (const listener of onListening) listener(conversationId)
        if (hasGap) missedOf.conversation.tell(conversationId)
      },
    }),
  )

  const listenToUser = createShared((userId: string) =>
    channels.listen(keys.userChannel(userId), {
      heard(bytes) {
        const opened = envelopes.open(bytes)
        if (opened.kind === 'own') return
        received += 1
        if (opened.kind === 'addressed') here.publishToUsers({ ...opened.addressed, userIds: [userId] })
        else if (opened.kind === 'missed') missedOf.user.tell(userId)
        else refusals.count(opened.kind === 'refused' ? opened.reason : 'malformed')
      },
      subscribed(hasGap) {
        if (hasGap) missedOf.user.tell(userId)
      },
    }),
  )

  return {
    publish(published) {
      here.publish(published)
      for (const listener of onNews) listener(published.event.conversationId)
      const channel = keys.conversationChannel(published.event.conversationId)
      channels.publish(channel, envelopes.seal(published), envelopes.missed)
    },
    publishToUsers(addressed) {
      here.publishToUsers(addressed)
      const text = envelopes.sealToOne(addressed)
      for (const userId of new Set(addressed.userIds))
        channels.publish(keys.userChannel(userId), text, envelopes.missed)
    },
    subscribe(id, listener, missed) {
      const leave = both(here.subscribe(id, listener), listenToConversation.join(id))
      return missed === undefined ? leave : both(leave, missedOf.conversation.add(id, missed))
    },
    subscribeUser(id, listener, missed) {
      const leave = both(here.subscribeUser(id, listener), listenToUser.join(id))
      return missed === undefined ? leave : both(leave, missedOf.user.add(id, missed))
    },
    conversations: listenToConversation.keys,
    tellHere: here.publish,
    onListening: (listener) => void onListening.add(listener),
    onNews: (listener) => void onNews.add(listener),
    stats: () => ({ received, refused: refusals.total() }),
  }
}

/** One of a kind for however many want it. */
function createShared(open: (key: string) => () => void) {
  const opened = new Map<string, { users: number; readonly close: () => void }>()
  return {
    keys: () => opened.keys(),
    /** Returns what leaves; the last one closes it. */
    join(key: string): () => void {
      const shared = opened.get(key) ?? { users: 0, close: open(key) }
      shared.users += 1
      opened.set(key, shared)
      return () => {
        shared.users -= 1
        if (shared.users > 0) return
        opened.delete(key)
        shared.close()
      }
    },
  }
}

/** Who is told, of each, that something may have been missed. */
function createMissed() {
  const all = new Map<string, Set<() => void>>()
  return {
    tell(key: string): void {
      for (const missed of all.get(key) ?? []) missed()
    },
    /** Returns what forgets it. */
    add(key: string, missed: () => void): () => void {
      const ofKey = all.get(key) ?? new Set()
      all.set(key, ofKey.add(missed))
      return () => {
        ofKey.delete(missed)
        if (ofKey.size === 0 && all.get(key) === ofKey) all.delete(key)
      }
    },
  }
}

/** Ends both, once. */
function both(one: () => void, other: () => void): () => void {
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    one()
    other()
  }
}

/** Counts what could not be read, and tells of it now and then. */
function createRefusals(tell: RedisBusOptions['refused']) {
  let total = 0
  let told = 0
  let toldAtMs = Number.NEGATIVE_INFINITY
  return {
    total: () => total,
    count(reason: string): void {
      total += 1
      if (performance.now() - toldAtMs < REFUSALS_MS) return
      tell({ reason, count: total - told })
      told = total
      toldAtMs = performance.now()
    },
  }
}
