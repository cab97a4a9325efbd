import type { Meter } from './meter.ts'
import type { MetricsSource, Reading } from './metrics-source.ts'

/** What the server stands on: what is stored, and the other programs. */
export function registerDependencyMetrics(
  { level, levels, total, totals }: Meter,
  source: () => Pick<MetricsSource, 'services' | 'mediaServers' | 'busStats'>,
  reading: () => Reading,
): void {
  level('parley_conversations', 'Open conversations: rooms, and those that last.', () => {
    return reading().conversations?.conversations ?? null
  })
  level('parley_members', 'Members of open conversations.', () => reading().conversations?.members ?? null)
  level('parley_rooms', 'Open rooms.', () => reading().rooms?.conversations ?? null)
  level('parley_room_members', 'Seats that are taken in open rooms.', () => reading().rooms?.members ?? null)
  levels('parley_dependency_up', 'Whether what the server needs answers (1) or not (0), by name.', ['dependency'], () =>
    reading().checks.map(({ name, works }) => [{ dependency: name }, works ? 1 : 0]),
  )
  levels(
    'parley_dependency_check_seconds',
    'How long it took what the server needs to answer just now, by name.',
    ['dependency'],
    () => reading().checks.map(({ name, seconds }) => [{ dependency: name }, seconds]),
  )
  levels('parley_service_up', 'Whether a media server or relay serves (1) or not (0), by service.', ['service'], () =>
    source().services.map(({ name, state }) => [{ service: name }, state() === 'up' ? 1 : 0]),
  )
  totals(
    'parley_service_restarts_total',
    'How often a media server or relay that runs here came back after it had ended by itself, by service.',
    ['service'],
    () => source().services.map(({ name, restarts }) => [{ service: name }, restarts()]),
  )
  total('parley_bus_from_nodes_total', 'Messages of the bus that came from other nodes.', () => {
    return source().busStats()?.received ?? 0
  })
  total(
    'parley_bus_refused_total',
    'Messages of other nodes that could not be read: they run another release, or are no nodes.',
    () => source().busStats()?.refused ?? 0,
  )
  for (const [metric, help] of [
    ['rooms', 'Conversations whose voice this process has at a media server, by server.'],
    ['people', 'People whose voice this process has at a media server, by server.'],
    ['legs', 'Media connections of these people, by server.'],
  ] as const) {
    levels(`parley_janus_${metric}`, help, ['server'], () =>
      source()
        .mediaServers()
        .map((server) => [{ server: server.name }, server[metric]]),
    )
  }
}
