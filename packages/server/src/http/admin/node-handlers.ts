import { DomainError } from '@parley/core'
import { admin } from '@parley/protocol'
import { adminHandler } from './admin-handler.ts'

export const drainNode = adminHandler({
  name: 'adminDrainNode',
  method: 'POST',
  url: '/api/admin/nodes/:nodeId/drain',
  summary: 'Stop a node with grace: it takes no new connections, sends those that it has elsewhere, and ends',
  schema: admin.nodeParams,
  status: 204,
  answer: null,
  errors: ['CONFLICT'],
  async run({ nodes, note }, { nodeId }) {
    if (!(await nodes.sendToNode(nodeId, { type: 'drain' }))) {
      throw new DomainError('CONFLICT', 'No node with this id hears it. It may have ended already; look at the list.')
    }
    note(`drained node ${nodeId}`)
    return undefined
  },
})

export const setLogLevel = adminHandler({
  name: 'adminSetLogLevel',
  method: 'PUT',
  url: '/api/admin/log-level',
  summary: 'The least important lines that every node writes, until it ends',
  schema: admin.logLevelBody,
  status: 200,
  answer: admin.logLevelAnswer,
  errors: [],
  async run({ cluster, note }, { level }) {
    const { isComplete } = await cluster.setLogLevel(level)
    note(`set the log level to ${level}`)
    return { level, isComplete }
  },
})
