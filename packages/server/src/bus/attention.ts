import type { ConversationId, Position } from '@parley/core'

export interface AttentionOptions {
  /** How soon to look again at what has had news, or was not looked at yet. */
  readonly shortestMs: number
  /** How soon to look again at what has been quiet for long. */
  readonly longestMs: number
  /** The time in milliseconds, of a clock that only goes forward. */
  readonly nowMs: () => number
  /** A random number from 0 up to 1. */
  readonly random: () => number
}

interface Look {
  /** Where it stood; `null` when it was gone. */
  readonly position: Position | null
  intervalMs: number
  dueAtMs: number
}

/** What became quiet together is not looked at together for good. */
const SPREAD = 0.2

/**
 * When to look at which conversation again: soon where something has happened, and where nothing has, each time
 * after twice as long, up to a bound.
 */
export class Attention {
  readonly #options: AttentionOptions
  readonly #looks = new Map<ConversationId, Look>()

  constructor(options: AttentionOptions) {
    this.#options = options
  }

  /** Picks those of `ids` that are due by the middle of the time until one could ask again. What is not among `ids` is forgotten. */
  due(ids: Iterable<ConversationId>): ConversationId[] {
    const { nowMs, shortestMs } = this.#options
    const latestMs = nowMs() + shortestMs / 2
    const held = new Set(ids)
    for (const id of this.#looks.keys()) if (!held.has(id)) this.#looks.delete(id)
    return [...held].filter((id) => (this.#looks.get(id)?.dueAtMs ?? 0) <= latestMs)
  }

  /** It was looked at, and stood there. */
  looked(id: ConversationId, position: Position | null): void {
    const { longestMs, nowMs, random, shortestMs } = this.#options
    const before = this.#looks.get(id)
    const isQuiet = before !== undefined && isSame(before.position, position)
    const intervalMs = isQuiet ? Math.min(longestMs, before.intervalMs * 2) : shortestMs
    this.#looks.set(id, { position, intervalMs, dueAtMs: nowMs() + intervalMs * (1 - SPREAD * random()) })
  }

  /** Something has happened in it. */
  news(id: ConversationId): void {
    const look = this.#looks.get(id)
    if (look === undefined) return
    const { nowMs, shortestMs } = this.#options
    look.intervalMs = shortestMs
    look.dueAtMs = Math.min(look.dueAtMs, nowMs() + shortestMs)
  }
}

function isSame(a: Position | null, b: Position | null): boolean {
  return a === null || b === null ? a === b : a.epoch === b.epoch && a.rev === b.rev
}
