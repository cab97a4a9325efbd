/** Who handles what a queue holds. */
export interface CommandQueueOwner<Input> {
  readonly closed: boolean
  /** Never rejects. */
  handle(input: Input): Promise<void>
  /** Called with the number that wait when it grows, and with 0 when all are worked off. */
  backlogChanged(waiting: number): void
}

/** What one client has sent, handled one after the other: what it asked for first happens first. */
export class CommandQueue<Input> {
  readonly #owner: CommandQueueOwner<Input>
  #working = false
  #waiting: Input[] | null = null

  constructor(owner: CommandQueueOwner<Input>) {
    this.#owner = owner
  }

  /** Whether something is being worked on. */
  get busy(): boolean {
    return this.#working
  }

  receive(input: Input): void {
    if (!this.#working) {
      void this.#work(input)
      return
    }
    this.#waiting ??= []
    this.#waiting.push(input)
    this.#owner.backlogChanged(this.#waiting.length)
  }

  async #work(first: Input): Promise<void> {
    this.#working = true
    let input: Input | undefined = first
    while (input !== undefined && !this.#owner.closed) {
      await this.#owner.handle(input)
      input = this.#next()
    }
    this.#working = false
  }

  #next(): Input | undefined {
    const next = this.#waiting?.shift()
    if (this.#waiting?.length === 0) {
      this.#waiting = null
      this.#owner.backlogChanged(0)
    }
    return next
  }
}
