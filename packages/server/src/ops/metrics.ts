import type { NotificationKind } from '@parley/core'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { WireStats } from '../wire/attach-wires.ts'
import type { Service } from './health.ts'

export interface MetricsSource {
  wires(): WireStats
  conversations(): Promise<{ readonly conversations: number; readonly members: number }>
  /** Polls that wait for something to happen. */
  waitingPolls(): number
  /** Other programs that this server stands on. */
  readonly services: readonly Service[]
}

type SendOutcome = 'sent' | 'duplicate' | 'refused' | 'failed'

/** What Prometheus reads. Labels are bounded: routes by their pattern, types from closed lists. */
export interface Metrics {
  readonly contentType: string
  text(): Promise<string>
  /** The same numbers, for programs that read JSON. */
  json(): Promise<object>
  observeRequest(method: string, route: string, status: number, seconds: number): void
  countSecurity(type: string): void
  /** From a message's arrival to its being stored. */
  observeSend(outcome: SendOutcome, seconds: number): void
  countNotifications(kind: NotificationKind, count: number): void
}

export function createMetrics(source: MetricsSource): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]

  const requests = new Histogram({
    name: 'parley_http_request_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
    registers,
  })
  const security = new Counter({
    name: 'parley_security_events_total',
    help: 'Refused tokens and origins, throttled callers and the like, by type.',
    labelNames: ['type'],
    registers,
  })
  const sends = new Histogram({
    name: 'parley_message_send_seconds',
    help: 'Time until a message that was sent is stored, or refused, by outcome: until its sender can be told.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
    registers,
  })
  const notifications = new Counter({
    name: 'parley_notifications_total',
    help: 'Notifications that were made for people, by kind.',
    labelNames: ['kind'],
    registers,
  })
  const level = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  const total = (name: string, help: string, read: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })

  new Gauge({
    name: 'parley_connections',
    help: 'Open socket connections, by wire.',
    labelNames: ['wire'],
    registers,
    collect() {
      for (const [wire, open] of Object.entries(source.wires().byWire)) this.set({ wire }, open)
    },
  })
  new Gauge({
    name: 'parley_conversations',
    help: 'Open conversations.',
    registers,
    async collect() {
      this.set((await source.conversations()).conversations)
    },
  })
  new Gauge({
    name: 'parley_members',
    help: 'Members of open conversations.',
    registers,
    async collect() {
      this.set((await source.conversations()).members)
    },
  })
  if (source.services.length > 0) {
    new Gauge({
      name: 'parley_service_up',
      help: 'Whether a media server or relay serves (1) or not (0), by service.',
      labelNames: ['service'],
      registers,
      collect() {
        for (const { name, state } of source.services) this.set({ service: name }, state() === 'up' ? 1 : 0)
      },
    })
    new Counter({
      name: 'parley_service_restarts_total',
      help: 'How often a media server or relay that runs here came back after it had ended by itself, by service.',
      labelNames: ['service'],
      registers,
      collect() {
        this.reset()
        for (const { name, restarts } of source.services) this.inc({ service: name }, restarts())
      },
    })
  }
  level('parley_users', 'Different people with an open socket connection.', () => source.wires().users)
  level('parley_polls_waiting', 'Polls that wait for something to happen.', () => source.waitingPolls())
  total('parley_connections_total', 'Socket connections since the start.', () => source.wires().connections.total)
  level('parley_connections_peak', 'The most socket connections open at once.', () => source.wires().connections.peak)
  level('parley_topics', 'Conversations with somebody connected to this process.', () => source.wires().topics)
  level('parley_subscriptions', 'Places that connections take in conversations.', () => source.wires().subscriptions)
  total('parley_deliveries_total', 'Frames handed to connections.', () => source.wires().deliveries)
  total('parley_dropped_total', 'Frames left out because a connection was behind.', () => source.wires().dropped)
  total('parley_slow_closed_total', 'Connections closed because they read too slowly.', () => source.wires().slowClosed)
  level(
    'parley_queued_bytes',
    'Bytes accepted for clients and not yet taken by the system.',
    () => source.wires().queuedBytes,
  )

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    json: () => registry.getMetricsAsJSON(),
    observeRequest(method, route, status, seconds) {
      requests.observe({ method, route, status }, seconds)
    },
    countSecurity(type) {
      security.inc({ type })
    },
    observeSend(outcome, seconds) {
      sends.observe({ outcome }, seconds)
    },
    countNotifications(kind, count) {
      notifications.inc({ kind }, count)
    },
  }
}
