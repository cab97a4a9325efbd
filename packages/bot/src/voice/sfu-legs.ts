import { randomInt } from 'node:crypto'
import type { Track } from 'node-datachannel'
import { createOutboundStream, type OutboundStream } from '../rtp/outbound-stream.ts'
import { readRtcp, reportNowMs } from '../rtp/rtcp.ts'
import { isRtcp } from '../rtp/rtp-packet.ts'
import { audioSections } from './audio-sdp.ts'
import { createInboundLine } from './inbound-line.ts'
import { createLineOwners, isAudio } from './line-owners.ts'
import { createPeerLeg, type PeerLeg } from './peer-leg.ts'
import { sendOnTrack } from './send-on-track.ts'
import { createSerial } from './serial.ts'
import type { VoiceLegs, VoiceLegsOptions } from './voice-legs.ts'
import type { SignalledStream } from './voice-wire.ts'

const MIC_MID = 'mic'
const OPUS = 111
const LEVEL_ID = 1
/** A leg stands long before, unless something is lost. */
const CONNECT_MS = 6000

/** Media through a media server: one leg on which we send, and one on which we hear all the others. */
export function createSfuLegs(options: VoiceLegsOptions): VoiceLegs {
  const { selfId, maySend, signal, onPacket, onDead } = options
  const ssrc = randomInt(1, 2 ** 32)
  const lines = createLineOwners()
  const serial = createSerial(die)
  const watches = new Set<NodeJS.Timeout>()
  let subscribe: PeerLeg | null = null
  let publish: PeerLeg | null = null
  let mic: Track | null = null
  let outbound: OutboundStream | null = null
  let isClosed = false

  function die(): void {
    if (!isClosed) onDead()
  }

  function open(name: 'publish' | 'subscribe'): PeerLeg {
    const watch = setTimeout(() => {
      watches.delete(watch)
      if (leg.state !== 'connected') die()
    }, CONNECT_MS)
    watches.add(watch)
    const leg = createPeerLeg({
      rtc: options.rtc,
      name,
      iceServers: options.iceServers,
      onTrack: heardLine,
      onCandidate: (candidate) => void signal({ candidate, leg: name }).catch(() => undefined),
      onState: (state) => {
        if (state === 'failed' || state === 'closed') die()
      },
    })
    return leg
  }

  function heardLine(track: Track): void {
    if (!isAudio(track)) return
    lines.add(track.mid(), createInboundLine({ track, cname: selfId, onPacket, onReport: () => undefined }))
  }

  async function publishMic(): Promise<void> {
    if (isClosed) return
    publish = open('publish')
    mic = publish.addLine({
      mid: MIC_MID,
      direction: 'SendOnly',
      payloadType: OPUS,
      levelId: LEVEL_ID,
      ssrc,
      streamId: selfId,
    })
    mic.onMessage((bytes) => {
      if (!isRtcp(bytes)) return
      for (const report of readRtcp(bytes)) outbound?.noteReport(report, reportNowMs())
    })
    const sdp = await publish.offer()
    await signal({ description: { type: 'offer', sdp }, streams: [{ mid: MIC_MID, source: 'mic' }] })
  }

  function published(sdp: string): void {
    if (isClosed) return
    publish?.accept(sdp)
    const section = audioSections(sdp).find(({ mid }) => mid === MIC_MID)
    outbound = createOutboundStream({
      ssrc,
      payloadType: section?.opus ?? OPUS,
      levelId: section?.levelId ?? 0,
      cname: selfId,
    })
  }

  async function subscribed(sdp: string, streams: readonly SignalledStream[]): Promise<void> {
    if (isClosed) return
    subscribe ??= open('subscribe')
    lines.assign(sdp, (mid) => {
      const stream = streams.find((candidate) => candidate.mid === mid)
      return stream?.userId === undefined ? null : { userId: stream.userId, source: stream.source }
    })
    const answer = await subscribe.answer(sdp)
    await signal({ description: { type: 'answer', sdp: answer } })
  }

  if (maySend) void serial(publishMic)
  return {
    receive({ description, streams = [] }) {
      if (isClosed || description === undefined) return
      const { type, sdp } = description
      if (type === 'answer') void serial(async () => published(sdp))
      else void serial(() => subscribed(sdp, streams))
    },
    // Everybody's sound comes by itself.
    meet: () => undefined,
    send({ payload, mediaTime, level, isFirst }) {
      const stream = outbound
      if (stream !== null) sendOnTrack(mic, () => stream.packet(payload, mediaTime, level, isFirst))
    },
    report(mediaTime) {
      const stream = outbound
      if (stream !== null) sendOnTrack(mic, () => stream.report(reportNowMs(), mediaTime, []))
      for (const line of lines.all()) line.report(ssrc)
    },
    get isConnected() {
      const stands = (leg: PeerLeg | null): boolean => leg?.state === 'connected'
      return maySend ? stands(publish) && (subscribe === null || stands(subscribe)) : stands(subscribe)
    },
    inbound: () => lines.all().flatMap((line) => line.figures() ?? []),
    uplinks: () =>
      outbound === null
        ? []
        : [{ userId: null, roundTripMs: outbound.roundTripMs, fractionLost: outbound.fractionLost }],
    [Symbol.dispose]() {
      isClosed = true
      for (const watch of watches) clearTimeout(watch)
      publish?.[Symbol.dispose]()
      subscribe?.[Symbol.dispose]()
    },
  }
}
