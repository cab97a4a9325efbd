import type { NodeCommand } from './node-command.ts'
import type { NodeInfo } from './node-info.ts'
import type { NodeRegistry, NodeRegistryOptions } from './node-registry.ts'

/** The registry of a node without Redis: there is no other. */
export function createLoneNode(options: Omit<NodeRegistryOptions, 'report' | 'leaseMs' | 'media'>): NodeRegistry {
  const { id, version, databaseId, secrets, counts } = options
  const startedAt = Date.now()
  const listeners = new Set<(command: NodeCommand) => void>()
  let news: Pick<NodeInfo, 'internalUrl' | 'isDraining'> = { internalUrl: null, isDraining: false }
  const own = (): NodeInfo => ({ id, version, startedAt, databaseId, secrets, ...news, ...counts() })
  return {
    id,
    async announce(given) {
      news = { ...news, ...given }
    },
    nodes: async () => [own()],
    find: async (wanted) => (wanted === id ? own() : null),
    async sendToNode(to, command) {
      if (to !== id) return false
      for (const listener of listeners) listener(command)
      return true
    },
    onCommand(listener) {
      const heard = (command: NodeCommand) => listener(command)
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    askOthers: async () => ({ answers: [], isComplete: true }),
    onQuestion: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}
