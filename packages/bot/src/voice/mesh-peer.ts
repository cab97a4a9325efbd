import { randomInt } from 'node:crypto'
import type { Track } from 'node-datachannel'
import { createOutboundStream, type OutboundStream } from '../rtp/outbound-stream.ts'
import { reportNowMs } from '../rtp/rtcp.ts'
import { type AudioSection, asMeant, audioSections, sessionIdOf } from './audio-sdp.ts'
import { createInboundLine } from './inbound-line.ts'
import { createLineOwners, isAudio, type LineOwners } from './line-owners.ts'
import { createPeerLeg, type PeerLeg } from './peer-leg.ts'
import { sendOnTrack } from './send-on-track.ts'
import { createSerial } from './serial.ts'
import type { SpokenPacket, StreamOwner, UplinkFigures, VoiceLegsOptions } from './voice-legs.ts'
import type { OwnSignal, SignalledStream, TheirSignal } from './voice-wire.ts'

export type MeshPeerOptions = Omit<VoiceLegsOptions, 'onDead'> & { readonly userId: string }

/** The line to one other person under mesh. */
export interface MeshPeer extends Disposable {
  /** Offers; without it, the other side is waited for. */
  offer(): void
  receive(signal: TheirSignal): void
  send(spoken: SpokenPacket): void
  report(mediaTime: number): void
  readonly isConnected: boolean
  readonly lines: LineOwners
  readonly uplink: UplinkFigures
}

const MIC_MID = 'bot-mic'
const OPUS = 111
const LEVEL_ID = 1
/** Who waits for an offer makes one after so long: it may be lost. */
const OFFER_AFTER_MS = 2500
const CONNECT_MS = 6000

/**
 * Perfect negotiation (WebRTC 1.0, section 10.7) with one peer: of two offers that cross, the polite side, which has
 * the greater id, takes its own back. A side that starts anew is known by the number in its descriptions.
 */
export function createMeshPeer(options: MeshPeerOptions): MeshPeer {
  const { userId, selfId, maySend, signal, onPacket } = options
  const isPolite = selfId > userId
  const serial = createSerial(rebuild)
  /** The ids of connections that the other side has given up. */
  const staleIds = new Set<string>()
  let parts = open()
  let isClosed = false
  let patience = setTimeout(offer, OFFER_AFTER_MS)

  interface Parts {
    readonly leg: PeerLeg
    readonly lines: LineOwners
    readonly ssrc: number
    mic: Track | null
    micMid: string | null
    outbound: OutboundStream | null
    remoteId: string | null
  }

  function open(): Parts {
    const leg = createPeerLeg({
      rtc: options.rtc,
      name: userId,
      iceServers: options.iceServers,
      onTrack: (track) => {
        if (isAudio(track)) hearOn(made, track)
      },
      onCandidate: (candidate) => tell({ candidate }),
      onState: (state) => {
        if (parts === made && (state === 'failed' || state === 'closed')) startOver()
      },
    })
    const made: Parts = {
      leg,
      lines: createLineOwners(),
      ssrc: randomInt(1, 2 ** 32),
      mic: null,
      micMid: null,
      outbound: null,
      remoteId: null,
    }
    return made
  }

  function hearOn(mine: Parts, track: Track): void {
    const onReport = (report: Parameters<OutboundStream['noteReport']>[0]): void =>
      mine.outbound?.noteReport(report, reportNowMs())
    mine.lines.add(track.mid(), createInboundLine({ track, cname: selfId, onPacket, onReport }))
  }

  /** What gets lost is noticed by its absence. */
  function tell(what: OwnSignal): void {
    signal({ ...what, to: userId }).catch(() => undefined)
  }

  function rebuild(): void {
    if (isClosed) return
    if (parts.remoteId !== null) staleIds.add(parts.remoteId)
    const old = parts
    parts = open()
    old.leg[Symbol.dispose]()
  }

  function startOver(): void {
    rebuild()
    offer()
  }

  function watch(mine: Parts): void {
    clearTimeout(patience)
    patience = setTimeout(() => {
      if (!isClosed && parts === mine && mine.leg.state !== 'connected') startOver()
    }, CONNECT_MS)
  }

  function addLine(mine: Parts, on: Pick<AudioSection, 'mid' | 'opus' | 'levelId'>): void {
    const { mid, opus, levelId } = on
    if (opus === null) return
    const direction = maySend ? 'SendRecv' : 'RecvOnly'
    const track = mine.leg.addLine({ mid, direction, payloadType: opus, levelId, ssrc: mine.ssrc, streamId: selfId })
    if (maySend) {
      mine.mic = track
      mine.micMid = mid
    }
    hearOn(mine, track)
  }

  const ownStreams = ({ micMid }: Parts): SignalledStream[] => (micMid === null ? [] : [{ mid: micMid, source: 'mic' }])

  function offer(): void {
    void serial(async () => {
      const mine = parts
      if (isClosed || !mine.leg.isStable) return
      watch(mine)
      if (mine.mic === null && (maySend || mine.remoteId === null)) {
        addLine(mine, { mid: MIC_MID, opus: OPUS, levelId: LEVEL_ID })
      }
      const sdp = asMeant(await mine.leg.offer(), mine.micMid)
      tell({ description: { type: 'offer', sdp }, streams: ownStreams(mine) })
    })
  }

  async function described({ description, streams = [] }: TheirSignal): Promise<void> {
    if (isClosed || description === undefined) return
    const { type, sdp } = description
    const id = sessionIdOf(sdp)
    if (staleIds.has(id)) return
    if (parts.remoteId !== null && parts.remoteId !== id) {
      rebuild()
      if (type === 'answer') return offer()
    }
    if (type === 'offer' && !parts.leg.isStable) {
      if (!isPolite) return
      // Takes its own offer back by starting with a fresh connection, which offered nothing.
      rebuild()
    }
    if (type === 'answer' && parts.leg.isStable) return
    const mine = parts
    mine.remoteId = id
    watch(mine)
    const owner = (mid: string): StreamOwner | null => {
      const stream = streams.find((candidate) => candidate.mid === mid)
      return stream === undefined ? null : { userId, source: stream.source }
    }
    if (type === 'offer') await answer(mine, sdp)
    else mine.leg.accept(sdp)
    mine.lines.assign(sdp, owner)
    startSending(mine, sdp)
    if (type === 'offer' && maySend && mine.mic === null) offer()
  }

  async function answer(mine: Parts, sdp: string): Promise<void> {
    const free = audioSections(sdp).find(({ direction }) => direction === 'sendrecv' || direction === 'recvonly')
    if (maySend && mine.mic === null && free !== undefined) addLine(mine, free)
    const text = asMeant(await mine.leg.answer(sdp), mine.micMid)
    tell({ description: { type: 'answer', sdp: text }, streams: ownStreams(mine) })
  }

  function startSending(mine: Parts, sdp: string): void {
    const section = audioSections(sdp).find(({ mid }) => mid === mine.micMid)
    if (section === undefined || mine.outbound !== null) return
    const { opus, levelId } = section
    mine.outbound = createOutboundStream({ ssrc: mine.ssrc, payloadType: opus ?? OPUS, levelId, cname: selfId })
  }

  return {
    offer,
    receive(what) {
      if (what.description !== undefined) void serial(() => described(what))
      const { candidate, sdpMid } = candidateOf(what.candidate)
      if (candidate !== '') void serial(async () => parts.leg.addCandidate(candidate, sdpMid))
    },
    send({ payload, mediaTime, level, isFirst }) {
      const { mic, outbound } = parts
      if (outbound !== null) sendOnTrack(mic, () => outbound.packet(payload, mediaTime, level, isFirst))
    },
    report(mediaTime) {
      const { mic, outbound, lines, ssrc } = parts
      if (outbound !== null) sendOnTrack(mic, () => outbound.report(reportNowMs(), mediaTime, []))
      for (const line of lines.all()) line.report(ssrc)
    },
    get isConnected() {
      return parts.leg.state === 'connected'
    },
    get lines() {
      return parts.lines
    },
    get uplink() {
      const { outbound } = parts
      return { userId, roundTripMs: outbound?.roundTripMs ?? null, fractionLost: outbound?.fractionLost ?? null }
    },
    [Symbol.dispose]() {
      isClosed = true
      clearTimeout(patience)
      parts.leg[Symbol.dispose]()
    },
  }
}

/** The server passes candidates on as they came. */
function candidateOf(value: TheirSignal['candidate']): { readonly candidate: string; readonly sdpMid: string } {
  const record = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  const textOf = (each: unknown): string => (typeof each === 'string' ? each : '')
  return { candidate: textOf(record.candidate), sdpMid: textOf(record.sdpMid) }
}
