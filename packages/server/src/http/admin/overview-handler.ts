import { admin } from '@parley/protocol'
import { answerOf } from '../../ops/health.ts'
import { readAll } from '../../ops/metrics-source.ts'
import { adminHandler, operator } from './admin-handler.ts'

export const overview = adminHandler({
  name: 'adminOverview',
  method: 'GET',
  url: '/api/admin/overview',
  summary: 'How the server does now: nodes, rooms, connections, rates, latency, what it needs, and what went wrong',
  schema: admin.overviewQuery,
  status: 200,
  answer: admin.overviewAnswer,
  guard: operator,
  limit: null,
  errors: [],
  async run({ source, nodes, metrics, history, logLevel, storage, database, media, now }, { since }) {
    const [reading, known, { errors }] = await Promise.all([
      readAll(source),
      answerOf(() => nodes.nodes()),
      metrics.measured(),
    ])
    const { wires, rooms, conversations, checks } = reading
    const { connections, users, byWire, polling, voice, slowClosed, dropped } = wires
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
      isComplete: known !== null,
      rooms: rooms && { open: rooms.conversations, seats: rooms.members },
      conversations: conversations && { open: conversations.conversations, members: conversations.members },
      connections: { ...connections, users, byWire, polling, waitingPolls: source.waitingPolls() },
      voice,
      samples: [...history.since(since ?? 0)],
      dependencies: checks.map(({ name, works, seconds }) => ({ name, works, ms: Math.round(seconds * 1000) })),
      services: source.services.map(({ name, state, restarts }) => ({ name, state: state(), restarts: restarts() })),
      media,
      mediaServers: [...source.mediaServers()],
      errors: errors.filter(({ count }) => count > 0).toSorted((one, other) => other.count - one.count),
      slowClosed,
      dropped,
      storage,
      database,
      logLevel: logLevel.get(),
    }
  },
})
