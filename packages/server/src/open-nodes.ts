import manifest from '../package.json' with { type: 'json' }
import { StartError } from './http/listen.ts'
import type { Backend } from './open-backend.ts'
import { createLoneNode } from './redis/lone-node.ts'
import { type NodeRegistry, type NodeRegistryOptions, NodesDiffer, openNodeRegistry } from './redis/node-registry.ts'

/** The nodes of this Parley, this one among them. Throws `StartError` when it can't be one of those that run. */
export async function openNodes(
  redis: Backend['redis'],
  options: Omit<NodeRegistryOptions, 'version' | 'leaseMs'>,
): Promise<NodeRegistry> {
  const whole = { ...options, version: manifest.version }
  if (redis === null) return createLoneNode(whole)
  try {
    return await openNodeRegistry(redis.link, redis.channels, whole)
  } catch (error) {
    if (error instanceof NodesDiffer) throw new StartError(`This can not be a node here: ${error.message}.`)
    throw error
  }
}
