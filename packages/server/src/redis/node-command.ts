/** What an operator tells one node to do. */
export interface NodeCommand {
  /** `drain`: take no new connections, send those that are there elsewhere, then end. */
  readonly type: 'drain'
}

/** What one node asks another; `question` is for whoever answers there. */
export interface NodeQuestion {
  readonly type: 'question'
  /** Names the question among those of the node `from`, where the answer is to go. */
  readonly ask: number
  readonly from: string
  readonly question: unknown
}

export interface NodeAnswer {
  readonly type: 'answer'
  readonly ask: number
  readonly from: string
  readonly answer: unknown
}

/** All that comes over a node's channel. */
export type NodeMessage = NodeCommand | NodeQuestion | NodeAnswer

/** What came over a node's channel; `null` for what is nothing that this release knows. */
export function readNodeMessage(bytes: Buffer): NodeMessage | null {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { type, ask, from, question, answer } = value as Record<string, unknown>
  if (type === 'drain') return { type }
  if (typeof ask !== 'number' || typeof from !== 'string') return null
  if (type === 'question') return { type, ask, from, question }
  return type === 'answer' ? { type, ask, from, answer } : null
}
