import { admin } from '@parley/protocol'
import { answerOf } from '../../ops/health.ts'
import { readAll } from '../../ops/metrics-source.ts'
import { adminHandler } from './admin-handler.ts'

export const overview = adminHandler({
  name: 'adminOverview',
  method: 'GET',
  url: '/api/admin/overview',
  summary: 'How the server does now: nodes, rooms, connections, rates, latency, what it needs, and what went wrong',
  schema: admin.overviewQuery,
  status: 200,
  answer: admin.overviewAnswer,
  errors: [],
  async run({ source, nodes, cluster, history, logLevel, storage, database, media, now }, { since }) {
    const [reading, known, ofAll] = await Promise.all([
      readAll(source),
      answerOf(() => nodes.nodes()),
      cluster.figures(),
    ])
    const { wires, rooms, conversations, checks } = reading
    const { connections, users, byWire, polling } = wires
    // This one knows of itself while the others can't be asked for.
    const own = known === null ? await nodes.find(nodes.id) : null
    const alive = known?.value ?? (own === null ? [] : [own])
    return {
      at: now(),
      nodes: alive.map(({ id, version, startedAt, isDraining, ...counts }) => ({
        id,
        version,
        startedAt,
        isDraining,
        connections: counts.connections,
        conversations: counts.conversations,
        isThis: id === nodes.id,
      })),
      isComplete: known !== null && ofAll.isComplete,
      rooms: rooms && { open: rooms.conversations, seats: rooms.members },
      conversations: conversations && { open: conversations.conversations, members: conversations.members },
      connections: { ...connections, users, byWire, polling, waitingPolls: source.waitingPolls() },
      voice: ofAll.voice,
      samples: [...history.since(since ?? 0)],
      dependencies: checks.map(({ name, works, seconds }) => ({ name, works, ms: Math.round(seconds * 1000) })),
      services: source.services.map(({ name, state, restarts }) => ({ name, state: state(), restarts: restarts() })),
      media,
      mediaServers: ofAll.mediaServers,
      errors: ofAll.errors.filter(({ count }) => count > 0).toSorted((one, other) => other.count - one.count),
      slowClosed: ofAll.slowClosed,
      dropped: ofAll.dropped,
      storage,
      database,
      logLevel: logLevel.get(),
    }
  },
})
