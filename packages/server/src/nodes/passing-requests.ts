/** A request that was taken to another node, and waits for its answer. */
export interface PassingRequest {
  readonly nodeId: string
  readonly path: string
  /** The other node holds the answer back until it has something to say. */
  readonly isHeld: boolean
}

/** Requests that pass through this node, in the order of their coming. */
export class PassingRequests {
  readonly #all = new Set<PassingRequest>()
  /** Requests whose node was not yet asked to answer them. */
  readonly #held = new Set<PassingRequest>()

  get size(): number {
    return this.#all.size
  }

  add(request: PassingRequest): void {
    this.#all.add(request)
    if (request.isHeld) this.#held.add(request)
  }

  delete(request: PassingRequest): void {
    this.#all.delete(request)
    this.#held.delete(request)
  }

  /** The one that has been held for longest, each once; `null` when there is none. */
  takeHeld(): PassingRequest | null {
    const [oldest = null] = this.#held
    if (oldest !== null) this.#held.delete(oldest)
    return oldest
  }
}
