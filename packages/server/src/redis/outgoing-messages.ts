import type { ChannelCommands } from './channel-commands.ts'
import type { RedisLink } from './open-redis.ts'

/** What waits to be handed over is bounded by both. */
const MAX_WAITING = 20_000
const MAX_WAITING_CHARS = 16 * 1024 * 1024
const MAX_BATCH = 1000
/** At most so many channels are remembered in which something is missing. */
const MAX_LACKING = 100_000
const SAY_INSTEAD_MS = 500

interface Outgoing {
  readonly channel: string
  readonly text: string
  readonly instead: string | undefined
}

/** Messages on their way to Redis. */
export interface OutgoingMessages extends Disposable {
  /**
   * Nobody waits for it: what can't be handed over is counted, and lost. `instead` is then said in its place as soon as
   * that can be, once for all that is missing in the channel.
   */
  push(channel: string, text: string, instead?: string): void
  /** How much was handed over since the start, and how much was lost. */
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
  /** What is to be said in channels in place of what was lost there. */
  const lacking = new Map<string, string>()
  let sayingInstead: NodeJS.Timeout | undefined
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
      for (const { text } of batch) waitingChars -= text.length
      const lost = await handOver(batch).catch(() => batch)
      published += batch.length - lost.length
      for (const one of lost) drop(one)
    }
    isSending = false
  }

  /** Resolves with what was lost on the way. */
  function handOver(batch: readonly Outgoing[]): Promise<readonly Outgoing[]> {
    return link.ask(async (redis) => {
      if (link.kind === 'cluster') {
        const results = await Promise.allSettled(
          batch.map(({ channel, text }) => commands.publish(redis, channel, text)),
        )
        return batch.filter((_, index) => results[index]?.status !== 'fulfilled')
      }
      const pipeline = redis.pipeline()
      for (const { channel, text } of batch) commands.add(pipeline, channel, text)
      const results = (await pipeline.exec()) ?? []
      return batch.filter((_, index) => results[index]?.[0] !== null)
    })
  }

  function drop({ channel, instead }: Outgoing): void {
    dropped += 1
    if (instead === undefined || lacking.size >= MAX_LACKING) return
    lacking.set(channel, instead)
    sayingInstead ??= setTimeout(sayInstead, SAY_INSTEAD_MS).unref()
  }

  function sayInstead(): void {
    sayingInstead = undefined
    if (!link.isUp()) {
      sayingInstead = setTimeout(sayInstead, SAY_INSTEAD_MS).unref()
      return
    }
    const said = [...lacking]
    lacking.clear()
    for (const [channel, instead] of said) push(channel, instead, instead)
  }

  function push(channel: string, text: string, instead?: string): void {
    if (!link.isUp() || waiting.length >= MAX_WAITING || waitingChars >= MAX_WAITING_CHARS) {
      drop({ channel, text, instead })
      return
    }
    waiting.push({ channel, text, instead })
    waitingChars += text.length
    if (isSending) return
    isSending = true
    void sendWaiting()
  }

  return {
    push,
    stats: () => ({ published, dropped }),
    [Symbol.dispose]: () => clearTimeout(sayingInstead),
  }
}
