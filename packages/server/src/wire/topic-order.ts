import type { ConversationId, DurableEvent, Position, PublishedChange } from '@parley/core'

/** Real time: it is other processes that are waited for. */
export type Wait = (ms: number, then: () => void) => void

/** Reads the events after a position, as the store does: `null` when they can't all be given. */
export type ReadChanges = (id: ConversationId, since: Position) => Promise<readonly DurableEvent[] | null>

export interface TopicOrderOptions {
  readonly conversationId: ConversationId
  readonly changes: ReadChanges
  readonly wait: Wait
  /** Tells those who are there. */
  readonly tell: (published: PublishedChange) => void
  /** What is missing of the conversation of this epoch can't be given. */
  readonly lost: (epoch: string) => void
  /** Told why the store could not be read; it is asked again. */
  readonly report: (error: unknown) => void
}

/** What is missing is usually on its way; the store is asked only when it does not come within this. */
const GRACE_MS = 25
const LONGEST_PAUSE_MS = 2000
/** What is heard of is stored. When the store has nothing new in so many looks, somebody was wrong about it. */
const MAX_LOOKS = 8
/** What comes early is kept for what it says of whom to pass over; more than this is read from the store. */
const MAX_EARLY = 1000

/**
 * The order in which a conversation's durable events are told here: by `rev`, without holes, nothing twice. The
 * bus is a hint and other processes write too, so whatever did not come is read from the store.
 */
export class TopicOrder {
  readonly #options: TopicOrderOptions
  /** `null` until the first of those who are here has read where things stand. */
  #epoch: string | null = null
  /** Everybody here was told what happened up to this. */
  #told = 0
  /** The highest rev that was heard of. */
  #known = 0
  /** Whether the store is to be asked if this still is the conversation that is followed. */
  #isUnsure = false
  readonly #early = new Map<number, PublishedChange>()
  #isCatchingUp = false
  #isClosed = false

  constructor(options: TopicOrderOptions) {
    this.#options = options
  }

  /** The epoch of the conversation that is followed; `null` while nobody has read it. A later one may have the same id. */
  get epoch(): string | null {
    return this.#epoch
  }

  /** Up to where those who are here were told; `null` while that is not known. */
  get position(): Position | null {
    return this.#epoch === null ? null : { epoch: this.#epoch, rev: this.#told }
  }

  /**
   * Tells a durable event when its turn has come, keeps one that came early, drops one that was told. One of another
   * conversation is for those alone who may be coming into that; the store is asked which of the two is over.
   */
  take(published: PublishedChange): void {
    const { rev } = published.event
    if (this.#epoch === null) {
      // Nobody is further than joining: each keeps it until their snapshot says from where on.
      this.#known = Math.max(this.#known, rev)
      this.#options.tell(published)
    } else if (published.epoch !== this.#epoch) {
      this.#options.tell(published)
      this.verify()
    } else if (rev === this.#told + 1) {
      this.#advance(published, rev)
    } else if (rev > this.#told) {
      if (this.#early.size < MAX_EARLY) this.#early.set(rev, published)
      this.expect(rev)
    }
  }

  /** The conversation is at `rev` at least: what is missing up to there comes, or is read. */
  expect(rev: number): void {
    this.#known = Math.max(this.#known, rev)
    this.#look()
  }

  /** Something has become of the conversation that has no rev: it may be gone, and another one have its id. */
  verify(): void {
    this.#isUnsure = true
    this.#look()
  }

  #look(): void {
    if (this.#isCatchingUp || !this.#isBehind()) return
    this.#isCatchingUp = true
    this.#options.wait(GRACE_MS, () => void this.#catchUp())
  }

  /**
   * Somebody has everything up to `position` and is told from there on. Gives the rev up to which the others have
   * it, when that is further: what comes in between is told again.
   */
  include({ epoch, rev }: Position): number | null {
    const isFirst = this.#epoch !== epoch
    const before = this.#told
    if (isFirst) this.#early.clear()
    if (isFirst || rev < before) this.#told = rev
    this.#epoch = epoch
    this.expect(isFirst ? rev : Math.max(rev, before))
    return !isFirst && rev < before ? before : null
  }

  close(): void {
    this.#isClosed = true
  }

  #isBehind(): boolean {
    return !this.#isClosed && this.#epoch !== null && (this.#told < this.#known || this.#isUnsure)
  }

  #advance(published: PublishedChange, rev: number): void {
    this.#told = rev
    this.#options.tell(published)
    if (this.#early.size > 0) this.#tellEarly(rev + 1)
  }

  #tellEarly(rev: number): void {
    const next = this.#early.get(rev)
    if (next === undefined) return
    this.#early.delete(rev)
    this.#advance(next, rev)
  }

  async #catchUp(): Promise<void> {
    let pauseMs = GRACE_MS
    let looks = 0
    while (this.#isBehind() && looks < MAX_LOOKS) {
      const from = this.#told
      const isUnsure = this.#isUnsure
      this.#isUnsure = false
      try {
        if (!(await this.#read({ epoch: this.#epoch ?? '', rev: from }))) break
        looks = this.#told === from ? looks + 1 : 0
      } catch (error) {
        this.#isUnsure ||= isUnsure
        this.#options.report(error)
      }
      // Also after something was told: of what is behind now, more may have come meanwhile, and its grace begins.
      pauseMs = this.#told === from ? Math.min(LONGEST_PAUSE_MS, pauseMs * 2) : GRACE_MS
      if (this.#isBehind()) await this.#pause(pauseMs)
    }
    this.#known = this.#told
    this.#early.clear()
    this.#isCatchingUp = false
  }

  /**
   * Tells what the store has after `from`, as far as it was heard of: what is newer comes by itself, and may be of a
   * session here that is to be passed over. False when it can't be given.
   */
  async #read(from: Position): Promise<boolean> {
    const upTo = this.#known
    const changes = await this.#options.changes(this.#options.conversationId, from)
    if (this.#isClosed) return false
    // Another conversation has taken its place meanwhile: what was read is not for those who are here.
    if (this.#epoch !== from.epoch) return true
    if (changes === null) {
      this.#epoch = null
      this.#told = 0
      // Whoever is joining may have read the one that is no more.
      this.#isUnsure = true
      this.#options.lost(from.epoch)
      return false
    }
    for (const event of changes) {
      if (event.rev !== this.#told + 1 || event.rev > upTo) continue
      const published = this.#early.get(event.rev)
      this.#early.delete(event.rev)
      const { epoch } = from
      this.#advance(published ?? { event, epoch, audience: { kind: 'topic' }, exceptSession: null }, event.rev)
    }
    return true
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#options.wait(ms, resolve)
    return promise
  }
}
