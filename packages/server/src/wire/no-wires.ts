import type { Wires } from './wires.ts'

const STATS = {
  connections: { active: 0, total: 0, peak: 0 },
  users: 0,
  byWire: { rooms: 0, site: 0, messenger: 0 },
  polling: { rooms: 0, site: 0, messenger: 0 },
  voice: { people: 0, conversations: 0 },
  topics: 0,
  subscriptions: 0,
  deliveries: 0,
  dropped: 0,
  slowClosed: 0,
  queuedBytes: 0,
  queuedBytesMax: 0,
}

/** The wires of a process that serves no sockets. */
export const NO_WIRES: Wires = {
  stats: () => STATS,
  people: () => [],
  serveForwarded: (_request, response) => void response.writeHead(404).end(),
  serveForwardedUpgrade: (_request, stream) => void stream.destroy(),
  drain: () => Promise.resolve(),
  close: () => Promise.resolve(),
}
