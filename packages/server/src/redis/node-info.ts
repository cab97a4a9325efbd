/** So begins what a node says of its media that has a Janus of its own. */
export const OWN_JANUS = 'own '

/** What a node says of itself. */
export interface NodeInfo {
  readonly id: string
  /** Where other nodes reach it, and nobody else; `null` while it has no such address. */
  readonly internalUrl: string | null
  /** The version of the release that it runs. */
  readonly version: string
  /** When it started, in ms by its own clock. */
  readonly startedAt: number
  /** It is going: it takes no new connections. */
  readonly isDraining: boolean
  readonly connections: number
  /** Connections since it started, and the most at a time. Not known of a node of an earlier release. */
  readonly totalConnections?: number
  readonly peakConnections?: number
  /** Different people among those who are connected. */
  readonly users?: number
  /** How it carries voice, as `mediaMark` tells; absent where it serves nobody who talks. */
  readonly media?: string
  /** That somebody on it looks at. */
  readonly conversations: number
  /** The random id that is kept in its database. */
  readonly databaseId: string
  /** Fingerprints of the secrets by which it verifies tokens. */
  readonly secrets: readonly string[]
}

/** What was stored of a node; `null` for what no node has written. */
export function readNodeInfo(text: string): NodeInfo | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  return isNodeInfo(value) ? value : null
}

function isNodeInfo(value: unknown): value is NodeInfo {
  if (typeof value !== 'object' || value === null) return false
  const { id, internalUrl, version, startedAt, isDraining, connections, conversations, databaseId, secrets } =
    value as Record<keyof NodeInfo, unknown>
  const { totalConnections = 0, peakConnections = 0, users = 0, media = '' } = value as Partial<NodeInfo>
  return (
    typeof id === 'string' &&
    (internalUrl === null || typeof internalUrl === 'string') &&
    typeof version === 'string' &&
    [startedAt, connections, conversations, totalConnections, peakConnections, users].every(Number.isFinite) &&
    typeof media === 'string' &&
    typeof isDraining === 'boolean' &&
    typeof databaseId === 'string' &&
    Array.isArray(secrets)
  )
}
