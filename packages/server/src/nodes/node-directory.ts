/** Where the other nodes are. */
export interface NodeDirectory {
  /** The address at which the node takes requests from other nodes; `null` for one that is not there. */
  find(nodeId: string): Promise<URL | null>
}
