import type { LimitName, NotificationKind } from '@parley/core'
import { AggregatorRegistry, collectDefaultMetrics, type MetricValueWithName, Registry } from 'prom-client'
import { WIRE_NAMES, type WireObserver } from '../wire/wires.ts'
import { registerDependencyMetrics } from './dependency-metrics.ts'
import { createMeter } from './meter.ts'
import { type MetricsSource, type Reading, readAll } from './metrics-source.ts'
import { SECURITY_TYPES, type SecurityType } from './security-log.ts'
import { registerWireMetrics } from './wire-metrics.ts'

export type SendOutcome = 'sent' | 'duplicate' | 'refused' | 'failed'
export type AppendKind = 'send' | 'edit' | 'delete' | 'react' | 'state'
export type CallStep = 'started' | 'answered' | 'rejected' | 'ended'

/** What Prometheus reads. Labels are bounded: routes by their pattern, everything else from closed lists. */
export interface Metrics extends WireObserver {
  readonly contentType: string
  text(): Promise<string>
  /** The same numbers, for programs that read JSON. */
  json(): Promise<object>
  observeRequest(method: string, route: string, status: number, seconds: number): void
  countSecurity(type: SecurityType): void
  /** Notes how long it took from a message's arrival to its being stored. */
  observeSend(outcome: SendOutcome, seconds: number): void
  /** One write to a store. */
  observeAppend(kind: AppendKind, outcome: 'done' | 'failed', seconds: number): void
  /** How long after its time something was taken up. */
  observeDeadline(lateSeconds: number): void
  countNotifications(kind: NotificationKind, count: number): void
  countLimited(limit: LimitName): void
  countBus(direction: 'published' | 'received'): void
  countReturn(outcome: 'recovered' | 'snapshot'): void
  countCall(step: CallStep): void
  /** What others count is read from `source`. Until then metrics can't be read. */
  readFrom(source: MetricsSource): void
  /** What was measured since the start. */
  measured(): Promise<Measured>
}

/** Upper bounds in seconds, ascending, each with how many took no longer. */
export type Buckets = readonly (readonly [boundS: number, count: number])[]

export interface Measured {
  readonly sends: Buckets
  readonly deliveries: Buckets
  readonly errors: readonly { readonly wire: string; readonly code: string; readonly count: number }[]
}

/** The processes that serve one port, as one of them knows of them. */
export interface MetricsOfAll {
  readonly number: number
  answerMetrics(read: () => Promise<object>): void
  allMetrics(): Promise<string | null>
}

const QUICK = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2]

/** What several processes measured, each as `json` gave it. */
export async function joinMetrics(metrics: readonly object[]): Promise<string> {
  return AggregatorRegistry.aggregate([...metrics]).metrics()
}

/**
 * The metrics of one process. With `workers` it is one of several, and `text` is that of all of them, told apart by a
 * label. They can be read once `readFrom` has named a source.
 */
export function createMetrics(workers: MetricsOfAll | null = null): Metrics {
  const registry = new Registry()
  if (workers !== null) {
    registry.setDefaultLabels({ worker: String(workers.number) })
    workers.answerMetrics(readJson)
  }
  collectDefaultMetrics({ register: registry })
  const meter = createMeter(registry)
  const { counter, histogram } = meter

  const requests = histogram(
    'parley_http_request_seconds',
    'Time from the first byte of a request to the last of its answer, by method, route and status.',
    ['method', 'route', 'status'],
    [0.001, 0.005, 0.02, 0.1, 0.5, 2],
  )
  const commands = histogram(
    'parley_command_seconds',
    'Time until a command that came over a socket is answered, by wire and command.',
    ['wire', 'command'],
    [0.001, 0.005, 0.02, 0.1, 0.5, 2],
  )
  const refusals = counter(
    'parley_errors_total',
    'Commands and calls that were refused or failed, by wire and code. INTERNAL is a fault of the server.',
    ['wire', 'code'],
  )
  const sends = histogram(
    'parley_message_send_seconds',
    'Time until a message that was sent is stored, or refused, by outcome: until its sender can be told.',
    ['outcome'],
    QUICK,
  )
  const appends = histogram(
    'parley_append_seconds',
    'Time that a store takes for one change of a conversation, by kind and outcome.',
    ['kind', 'outcome'],
    QUICK,
  )
  const deliveries = histogram(
    'parley_delivery_seconds',
    'Time from a durable event to its being queued for those who are connected here.',
    [],
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  )
  const deadlines = histogram(
    'parley_deadline_late_seconds',
    'How long after its time something timed was taken up: the end of a room, a ringing call.',
    [],
    [0.05, 0.25, 1, 5, 30, 120],
  )
  const security = counter(
    'parley_security_events_total',
    'Refused tokens and origins, throttled callers and the like, by type.',
    ['type'],
  )
  const notifications = counter('parley_notifications_total', 'Notifications that were made for people, by kind.', [
    'kind',
  ])
  const limited = counter('parley_rate_limited_total', 'What was refused by a rate limit, by limit.', ['limit'])
  const bus = counter(
    'parley_bus_events_total',
    'Events that this process gave to the bus, and got from it for those who are connected here, by direction.',
    ['direction'],
  )
  const returns = counter(
    'parley_returns_total',
    'Connections that came back into a conversation: with just what they had missed (recovered), or with all of it anew (snapshot).',
    ['outcome'],
  )
  const calls = counter('parley_calls_total', 'What people did about calls in chats, by step.', ['step'])

  // What alerts are made of begins at nothing: the first fault of a series that was not there shows as no increase.
  for (const type of SECURITY_TYPES) security.inc({ type }, 0)
  for (const outcome of ['recovered', 'snapshot'] as const) returns.inc({ outcome }, 0)
  for (const outcome of ['sent', 'failed'] as const) sends.zero({ outcome })
  for (const wire of [...WIRE_NAMES, 'rest'] as const) {
    for (const code of ['INTERNAL', 'UNAVAILABLE'] as const) refusals.inc({ wire, code }, 0)
  }

  let given: MetricsSource | null = null
  const source = (): MetricsSource => {
    if (given === null) throw new Error('Metrics are asked for before there is a source')
    return given
  }
  let reading: Reading | null = null
  const current = (): Reading => {
    if (reading === null) throw new Error('Metrics are read before they are asked for')
    return reading
  }
  registerWireMetrics(meter, () => current().wires)
  registerDependencyMetrics(meter, source, current)
  meter.level('parley_polls_waiting', 'Polls that wait for something to happen.', () => source().waitingPolls())
  // As /readyz has it.
  meter.level(
    'parley_ready',
    'Whether the process takes work (1), or starts, drains or lacks what it needs (0).',
    () => {
      const lacks = current().checks.some(({ works, isOptional }) => !works && !isOptional)
      return source().isReady() && !lacks ? 1 : 0
    },
  )
  // The client library has a metric for it too, and leaves it out where those of several processes are joined.
  const startedAtS = Math.round(Date.now() / 1000 - process.uptime())
  meter.level('parley_started_seconds', 'When the process started, in seconds since 1970.', () => startedAtS)

  async function readJson(): Promise<object> {
    reading = await readAll(source())
    return registry.getMetricsAsJSON()
  }

  return {
    contentType: registry.contentType,
    async text() {
      const ofAll = await workers?.allMetrics()
      if (typeof ofAll === 'string') return ofAll
      reading = await readAll(source())
      return registry.metrics()
    },
    json: readJson,
    answered({ wire, command }, ms, refused) {
      if (wire !== 'rest') commands.observe({ wire, command }, ms / 1000)
      if (refused !== null) refusals.inc({ wire, code: refused })
    },
    delivered: (ms) => deliveries.observe(Math.max(0, ms) / 1000),
    observeRequest: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
    countSecurity: (type) => security.inc({ type }),
    observeSend: (outcome, seconds) => sends.observe({ outcome }, seconds),
    observeAppend: (kind, outcome, seconds) => appends.observe({ kind, outcome }, seconds),
    observeDeadline: (lateSeconds) => deadlines.observe(lateSeconds),
    countNotifications: (kind, count) => notifications.inc({ kind }, count),
    countLimited: (limit) => limited.inc({ limit }),
    countBus: (direction) => bus.inc({ direction }),
    countReturn: (outcome) => returns.inc({ outcome }),
    countCall: (step) => calls.inc({ step }),
    readFrom(source) {
      given = source
    },
    async measured() {
      const [sent, delivered, refused] = await Promise.all([sends.get(), deliveries.get(), refusals.get()])
      return {
        sends: bucketsOf(sent.values.filter(({ labels }) => labels.outcome === 'sent')),
        deliveries: bucketsOf(delivered.values),
        errors: refused.values.map(({ labels: { wire, code }, value }) => {
          return { wire: String(wire), code: String(code), count: value }
        }),
      }
    },
  }
}

function bucketsOf(values: readonly MetricValueWithName<string>[]): Buckets {
  return values.flatMap(({ labels, value }) => {
    const { le } = labels as { readonly le?: number | string }
    return le === undefined ? [] : [[le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), value] as const]
  })
}
