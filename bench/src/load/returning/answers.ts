/** Requests on one line that wait for their answers. */
export interface Answers {
  /** Resolves, or rejects, by `settle` with the same id. */
  wait(id: string): Promise<void>
  settle(id: string, problem: string | null): void
  /** The line is gone: whoever waits hears why. */
  end(reason: string): void
}

export function createAnswers(): Answers {
  const waiting = new Map<string, PromiseWithResolvers<void>>()
  let ended: string | null = null
  return {
    wait(id) {
      const answer = Promise.withResolvers<void>()
      if (ended === null) waiting.set(id, answer)
      else answer.reject(new Error(ended))
      return answer.promise
    },
    settle(id, problem) {
      const answer = waiting.get(id)
      waiting.delete(id)
      if (problem === null) answer?.resolve()
      else answer?.reject(new Error(problem))
    },
    end(reason) {
      ended = reason
      for (const id of [...waiting.keys()]) this.settle(id, reason)
    },
  }
}
