import type { LineSample } from './line-quality.ts'
import type { MediaLine } from './media-legs.ts'
import type { VoicePersonStats, VoiceRoute, VoiceStreamStats } from './voice-types.ts'
import type { StreamSource } from './voice-wire.ts'

/** The fields that we read of a browser's statistics; their kinds differ (W3C webrtc-stats). */
interface Report {
  readonly id: string
  readonly type: string
  readonly timestamp: number
  readonly mid?: string
  readonly codecId?: string
  readonly mimeType?: string
  readonly bytesSent?: number
  readonly bytesReceived?: number
  readonly packetsReceived?: number
  readonly packetsLost?: number
  readonly fractionLost?: number
  /** Seconds. */
  readonly jitter?: number
  readonly frameWidth?: number
  readonly frameHeight?: number
  readonly framesPerSecond?: number
  readonly localId?: string
  readonly remoteId?: string
  readonly localCandidateId?: string
  readonly remoteCandidateId?: string
  readonly selectedCandidatePairId?: string
  readonly currentRoundTripTime?: number
  readonly candidateType?: string
  readonly rid?: string
}

export interface VoiceMeasurement {
  readonly route: VoiceRoute
  readonly roundTripMs: number | null
  readonly sent: readonly VoiceStreamStats[]
  readonly people: readonly VoicePersonStats[]
  readonly sample: LineSample
}

type Reports = ReadonlyMap<string, Report>

interface LineMeasurement {
  readonly route: VoiceRoute
  readonly roundTripMs: number | null
  readonly sent: readonly VoiceStreamStats[]
  readonly received: readonly (VoiceStreamStats & { readonly userId: string })[]
}

const ROUTES: readonly VoiceRoute[] = ['unknown', 'direct', 'server', 'relayed']
const toMs = (seconds: number | undefined): number | null => (seconds === undefined ? null : Math.round(seconds * 1000))
const worst = (values: readonly (number | null)[]): number | null =>
  values.reduce((most, value) => (value === null ? most : Math.max(most ?? 0, value)), null)

/** Reads the browser's counters; each measurement is of the time since the one before. */
export function createVoiceStats(lines: () => readonly MediaLine[]): { measure(): Promise<VoiceMeasurement> } {
  let before = new WeakMap<RTCPeerConnection, Reports>()

  async function measureLine(line: MediaLine): Promise<LineMeasurement> {
    const reports: Reports = new Map(await line.connection.getStats())
    const past = before.get(line.connection) ?? new Map()
    before.set(line.connection, reports)
    const pair = selectedPair(reports)
    return {
      route: routeOf(line, reports, pair),
      roundTripMs: toMs(pair?.currentRoundTripTime),
      sent: [...line.sends].flatMap(([mid, source]) => sentOn(mid, source, reports, past)),
      received: [...line.receives].flatMap(([mid, { userId, source }]) =>
        receivedOn(mid, source, reports, past).map((stream) => ({ ...stream, userId })),
      ),
    }
  }

  return {
    async measure() {
      const all = lines()
      if (all.length === 0) before = new WeakMap()
      const measured = await Promise.all(all.map(measureLine))
      const sent = mergeSent(measured.flatMap((line) => line.sent))
      const received = measured.flatMap((line) => line.received)
      const roundTripMs = worst(measured.map((line) => line.roundTripMs))
      return {
        route: worstRoute(measured.map(({ route }) => route)),
        roundTripMs,
        sent,
        people: people(measured),
        sample: {
          loss: Math.max(0, ...[...sent, ...received].map(({ loss }) => loss)),
          jitterMs: worst([...sent, ...received].map(({ jitterMs }) => jitterMs)),
          roundTripMs,
        },
      }
    },
  }
}

const worstRoute = (routes: readonly VoiceRoute[]): VoiceRoute =>
  ROUTES[Math.max(0, ...routes.map((route) => ROUTES.indexOf(route)))] ?? 'unknown'

function people(lines: readonly LineMeasurement[]): VoicePersonStats[] {
  const byId = new Map<string, VoicePersonStats>()
  for (const { route, roundTripMs, received } of lines) {
    for (const { userId, ...stream } of received) {
      const known = byId.get(userId)
      byId.set(userId, { userId, route, roundTripMs, received: [...(known?.received ?? []), stream] })
    }
  }
  return [...byId.values()]
}

/** Under mesh the same stream goes to several. */
function mergeSent(streams: readonly VoiceStreamStats[]): VoiceStreamStats[] {
  const bySource = new Map<StreamSource, VoiceStreamStats>()
  for (const stream of streams) {
    const known = bySource.get(stream.source)
    const merged =
      known === undefined
        ? stream
        : {
            ...known,
            bitrate: known.bitrate + stream.bitrate,
            loss: Math.max(known.loss, stream.loss),
            jitterMs: worst([known.jitterMs, stream.jitterMs]),
          }
    bySource.set(stream.source, merged)
  }
  return [...bySource.values()]
}

function selectedPair(reports: Reports): Report | undefined {
  for (const { selectedCandidatePairId } of reports.values()) {
    if (selectedCandidatePairId !== undefined) return reports.get(selectedCandidatePairId)
  }
  return undefined
}

function routeOf(line: MediaLine, reports: Reports, pair: Report | undefined): VoiceRoute {
  if (pair === undefined) return 'unknown'
  const kinds = [pair.localCandidateId, pair.remoteCandidateId].map((id) => reports.get(id ?? '')?.candidateType)
  if (kinds.includes('relay')) return 'relayed'
  return line.userId === null ? 'server' : 'direct'
}

const bitrateOf = (bytes: number, pastBytes: number | undefined, now: Report, past: Report | undefined): number => {
  const ms = past === undefined ? 0 : now.timestamp - past.timestamp
  return ms <= 0 || pastBytes === undefined ? 0 : Math.max(0, Math.round(((bytes - pastBytes) * 8000) / ms))
}

const codecOf = (report: Report | undefined, reports: Reports): string | null =>
  reports.get(report?.codecId ?? '')?.mimeType?.split('/')[1] ?? null

const picture = (report: Report | undefined) => ({
  ...(report?.frameWidth !== undefined && { width: report.frameWidth }),
  ...(report?.frameHeight !== undefined && { height: report.frameHeight }),
  ...(report?.framesPerSecond !== undefined && { framesPerSecond: report.framesPerSecond }),
})

function sentOn(mid: string, source: StreamSource, reports: Reports, past: Reports): VoiceStreamStats[] {
  const layers = [...reports.values()].filter((report) => report.type === 'outbound-rtp' && report.mid === mid)
  if (layers.length === 0) return []
  const remotes = layers.flatMap(({ remoteId }) => reports.get(remoteId ?? '') ?? [])
  const largest = layers.reduce((most, layer) => ((layer.frameHeight ?? 0) > (most.frameHeight ?? 0) ? layer : most))
  return [
    {
      source,
      codec: codecOf(largest, reports),
      bitrate: layers.reduce((sum, layer) => {
        const last = past.get(layer.id)
        return sum + bitrateOf(layer.bytesSent ?? 0, last?.bytesSent, layer, last)
      }, 0),
      loss: Math.max(0, ...remotes.map(({ fractionLost }) => fractionLost ?? 0)),
      jitterMs: worst(remotes.map(({ jitter }) => toMs(jitter))),
      ...picture(largest),
    },
  ]
}

function receivedOn(mid: string, source: StreamSource, reports: Reports, past: Reports): VoiceStreamStats[] {
  const inbound = [...reports.values()].find((report) => report.type === 'inbound-rtp' && report.mid === mid)
  if (inbound === undefined) return []
  const last = past.get(inbound.id)
  const lost = Math.max(0, (inbound.packetsLost ?? 0) - (last?.packetsLost ?? 0))
  const got = Math.max(0, (inbound.packetsReceived ?? 0) - (last?.packetsReceived ?? 0))
  return [
    {
      source,
      codec: codecOf(inbound, reports),
      bitrate: bitrateOf(inbound.bytesReceived ?? 0, last?.bytesReceived, inbound, last),
      loss: lost + got === 0 ? 0 : lost / (lost + got),
      jitterMs: toMs(inbound.jitter),
      ...picture(inbound),
    },
  ]
}
