import type { ChannelCommands } from './channel-commands.ts'
import type { RedisLink } from './open-redis.ts'

/** What waits to be handed over is bounded by both. */
const MAX_WAITING = 20_000
const MAX_WAITING_CHARS = 16 * 1024 * 1024
const MAX_BATCH = 1000

type Outgoing = readonly [channel: string, text: string]

/** Messages on their way to Redis. */
export interface OutgoingMessages {
  /** Nobody waits for it: what can't be handed over is counted, and lost. */
  push(channel: string, text: string): void
  /** Since the start. */
  stats(): { readonly published: number; readonly dropped: number }
}

/**
 * Hands messages over in batches: while one is on its way, the next one gathers. So they keep their order, and what is
 * not handed over yet has a bound.
 */
export function createOutgoingMessages(
  link: Pick<RedisLink, 'kind' | 'isUp' | 'ask'>,
  commands: ChannelCommands,
): OutgoingMessages {
  let waiting: Outgoing[] = []
  let waitingChars = 0
  let isSending = false
  let published = 0
  let dropped = 0

  async function sendWaiting(): Promise<void> {
    // What else happens in this turn goes with the first.
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = waiting.length > MAX_BATCH ? waiting.splice(0, MAX_BATCH) : waiting
      if (batch === waiting) waiting = []
      for (const [, text] of batch) waitingChars -= text.length
      const sent = await handOver(batch).catch(() => 0)
      published += sent
      dropped += batch.length - sent
    }
    isSending = false
  }

  function handOver(batch: readonly Outgoing[]): Promise<number> {
    return link.ask(async (redis) => {
      if (link.kind === 'cluster') {
        const results = await Promise.allSettled(batch.map(([channel, text]) => commands.publish(redis, channel, text)))
        return results.filter(({ status }) => status === 'fulfilled').length
      }
      const pipeline = redis.pipeline()
      for (const [channel, text] of batch) commands.add(pipeline, channel, text)
      const results = (await pipeline.exec()) ?? []
      return results.filter(([error]) => error === null).length
    })
  }

  return {
    push(channel, text) {
      if (!link.isUp() || waiting.length >= MAX_WAITING || waitingChars >= MAX_WAITING_CHARS) {
        dropped += 1
        return
      }
      waiting.push([channel, text])
      waitingChars += text.length
      if (isSending) return
      isSending = true
      void sendWaiting()
    },
    stats: () => ({ published, dropped }),
  }
}
