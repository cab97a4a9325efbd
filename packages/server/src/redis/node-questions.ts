import type { NodeAnswer, NodeQuestion } from './node-command.ts'

/** Longer is not waited for a node that is frozen, or of an earlier release. */
const ANSWER_WITHIN_MS = 1000

/** What other nodes said. */
export interface NodeAnswers {
  readonly answers: readonly unknown[]
  /** Each of them answered, and in time. */
  readonly isComplete: boolean
}

export interface NodeQuestionsOptions {
  /** The id of this node. */
  readonly id: string
  /** Resolves with false when that node does not hear it. */
  readonly send: (to: string, message: NodeQuestion | NodeAnswer) => Promise<boolean>
  /** Told of failures that nobody waits for. */
  readonly report: (error: unknown) => void
}

interface Asked {
  readonly unanswered: Set<string>
  readonly answers: unknown[]
  readonly done: () => void
}

/** What nodes ask each other, and answer. */
export class NodeQuestions {
  /** Answers what other nodes ask. Until there is one, nothing is answered. */
  answer: ((question: unknown) => Promise<unknown>) | null = null
  readonly #options: NodeQuestionsOptions
  readonly #asked = new Map<number, Asked>()
  #asks = 0

  constructor(options: NodeQuestionsOptions) {
    this.#options = options
  }

  /** Asks these nodes. Resolves within a second, with what was answered by then. */
  async ask(nodeIds: readonly string[], question: unknown): Promise<NodeAnswers> {
    const { id, send } = this.#options
    const ask = ++this.#asks
    const { promise, resolve: done } = Promise.withResolvers<void>()
    const asked: Asked = { unanswered: new Set(nodeIds), answers: [], done }
    this.#asked.set(ask, asked)
    const tooLate = setTimeout(done, ANSWER_WITHIN_MS)
    let unheard = 0
    const reach = async (to: string): Promise<void> => {
      const isHeard = await send(to, { type: 'question', ask, from: id, question }).catch(() => false)
      if (isHeard || !asked.unanswered.delete(to)) return
      unheard += 1
      if (asked.unanswered.size === 0) done()
    }
    if (nodeIds.length === 0) done()
    for (const to of nodeIds) void reach(to)
    await promise
    clearTimeout(tooLate)
    this.#asked.delete(ask)
    return { answers: asked.answers, isComplete: unheard === 0 && asked.unanswered.size === 0 }
  }

  /** What came from another node. */
  heard(message: NodeQuestion | NodeAnswer): void {
    if (message.type === 'question') {
      this.#reply(message).catch(this.#options.report)
      return
    }
    const asked = this.#asked.get(message.ask)
    if (asked?.unanswered.delete(message.from) !== true) return
    asked.answers.push(message.answer)
    if (asked.unanswered.size === 0) asked.done()
  }

  async #reply({ ask, from, question }: NodeQuestion): Promise<void> {
    if (this.answer === null) return
    const answer = await this.answer(question)
    // Whoever asked and can't be reached any more waits no longer than it would have.
    await this.#options.send(from, { type: 'answer', ask, from: this.#options.id, answer }).catch(() => false)
  }
}
