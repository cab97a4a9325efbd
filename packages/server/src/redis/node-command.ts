/** What an operator tells one node to do. */
export interface NodeCommand {
  /** `drain`: take no new connections, send those that are there elsewhere, then end. */
  readonly type: 'drain'
}

/** What came over a node's channel; `null` for what is no command that this release knows. */
export function readNodeCommand(bytes: Buffer): NodeCommand | null {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    const isCommand = typeof value === 'object' && value !== null && 'type' in value && value.type === 'drain'
    return isCommand ? { type: 'drain' } : null
  } catch {
    return null
  }
}
