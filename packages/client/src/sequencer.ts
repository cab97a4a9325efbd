import type { Position } from '@parley/protocol'
import type { DurableEvent, ServerData } from '@parley/protocol/messenger'

/** A durable event as it came over the wire. */
export type Change = { readonly [E in DurableEvent]: { readonly event: E; readonly data: ServerData<E> } }[DurableEvent]

const DURABLE: ReadonlySet<string> = new Set<DurableEvent>([
  'message:new',
  'message:updated',
  'reaction:new',
  'reaction:removed',
  'chat:member-joined',
  'chat:member-left',
  'chat:updated',
])

/** The event as a change, when it is a durable one. */
export const changeOf = (event: string, data: unknown): Change | null =>
  DURABLE.has(event) ? ({ event, data } as Change) : null

/** The place that the change took: a message's `rev` may be that of a later change, its `seq` is not. */
const revOf = (change: Change): number => (change.event === 'message:new' ? change.data.seq : change.data.rev)

export interface SequencerOptions {
  /** Each change, once, in order. */
  readonly apply: (change: Change) => void
  /** Something is missing before what is held: ask for it. May be told again until it is filled. */
  readonly onHole: () => void
}

/** Puts the durable changes of a chat in order: whatever comes twice, early or not at all, each is applied once. */
export interface Sequencer {
  /** Where we are; `null` before the first view. */
  readonly position: Position | null
  readonly hasHole: boolean
  /** Holds back what comes, until the next view or replay. */
  hold(): void
  /** The view or replay did not come; what was held stays for the next one. */
  release(): void
  offer(change: Change): void
  /** Changes up to here are known to exist. */
  expect(position: Position): void
  /** A fresh view at `position` replaced everything. */
  replaced(position: Position): void
  /**
   * Everything since our position up to `position`, where the state is as `settle` makes it; what was held
   * comes after. False, and nothing is done, when the changes don't reach so far.
   */
  replayed(changes: readonly Change[], position: Position, settle: () => void): boolean
}

export function createSequencer({ apply, onHole }: SequencerOptions): Sequencer {
  const early = new Map<number, Change>()
  let position: Position | null = null
  let isHolding = true
  /** The server is known to be there, in the epoch of our position. */
  let known = 0

  const lacks = (): boolean => early.size > 0 || (position !== null && known > position.rev)

  function advance(): void {
    if (position === null) return
    for (let next = early.get(position.rev + 1); next !== undefined; next = early.get(position.rev + 1)) {
      position = { epoch: position.epoch, rev: position.rev + 1 }
      apply(next)
    }
    const { rev } = position
    for (const place of early.keys()) if (place <= rev) early.delete(place)
    if (lacks()) onHole()
  }

  return {
    get position() {
      return position
    },
    get hasHole() {
      return lacks()
    },
    hold() {
      isHolding = true
    },
    release() {
      isHolding = false
      advance()
    },
    offer(change) {
      const rev = revOf(change)
      if (position !== null && rev <= position.rev) return
      early.set(rev, change)
      if (!isHolding) advance()
    },
    expect({ epoch, rev }) {
      if (position?.epoch !== epoch) return
      known = Math.max(known, rev)
      if (!isHolding) advance()
    },
    replaced(at) {
      if (position !== null && position.epoch !== at.epoch) {
        early.clear()
        known = 0
      }
      position = at
      isHolding = false
      advance()
    },
    replayed(changes, at, settle) {
      if (position === null || position.epoch !== at.epoch || position.rev + changes.length < at.rev) return false
      const from = position.rev
      position = { epoch: at.epoch, rev: Math.max(at.rev, from + changes.length) }
      // By the server's order and not by `rev`: what was deleted since may come with the `rev` of its deletion.
      for (const change of changes) apply(change)
      settle()
      isHolding = false
      advance()
      return true
    },
  }
}
