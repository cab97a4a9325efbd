export type Rule =
  /** Acknowledged, and not there. */
  | 'lost'
  /** Stored, told or shown twice. */
  | 'doubled'
  /** Told after what came later. */
  | 'reordered'
  /** Two were told different things of one place. */
  | 'disagreement'
  /** A place that somebody was never told of. */
  | 'hole'
  /** Told to somebody who is not in it. */
  | 'leaked'
  /** Came back shortly after and was not given what was missed. */
  | 'not recovered'
  /** What is stored is not what the changes make of it. */
  | 'other state'

export interface Violation {
  readonly rule: Rule
  readonly conversationId: string
  /** `null`: it is in what is stored. */
  readonly client: string | null
  readonly rev: number | null
  readonly says: string
}
