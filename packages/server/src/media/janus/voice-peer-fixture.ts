import { readFileSync } from 'node:fs'
import type {
  ConversationId,
  MediaEvent,
  MediaPlane,
  MediaSeat,
  MediaSignal,
  MediaStream,
  SessionId,
  UserId,
  VideoLayer,
} from '@parley/core'
import { Audio, PeerConnection, type Track, Video } from 'node-datachannel'
import { OpusDecoder } from 'opus-decoder'
import { findMediaAddress } from './janus-files.ts'
import { payloadOf } from './recording/read-mjr.ts'
import { layerOf, OPUS, opusRtp, type SentLayer, VP8, vp8Rtp } from './rtp-fixture.ts'

/** A second of each tone in packets of 20 ms, from a browser's encoder. */
export const TONES = JSON.parse(readFileSync(new URL('./fixtures/tones.json', import.meta.url), 'utf8')) as Record<
  string,
  string[]
>
export type Tone = 440 | 660 | 880

const PACKET_MS = 20
/** What came within this time is heard now. */
const NOW_MS = 300

/** Passes a plane's events to the peers on it, as the server's core and wire do. */
export interface VoiceLine {
  readonly plane: MediaPlane
  readonly events: readonly MediaEvent[]
  peer(
    name: string,
    options?: {
      readonly conversation?: string
      readonly session?: string
      readonly maySend?: boolean
      readonly isEncrypted?: boolean
    },
  ): VoicePeer
  [Symbol.dispose](): void
}

/** Somebody in voice without a browser, on real media. */
export interface VoicePeer extends Disposable {
  readonly seat: MediaSeat
  /** Joins with fresh legs and publishes again what was said. */
  join(): Promise<void>
  leave(): Promise<void>
  /** Offers what is said anew. */
  publish(): Promise<void>
  /** Sends the tone; `null` sends nothing. */
  say(tone: Tone | null): Promise<void>
  /** Which tone comes from whom, now. */
  hearing(): Promise<Record<string, Tone>>
  /** Sends a camera in three sizes, or a screen in one. */
  show(source: 'camera' | 'screen'): Promise<void>
  /** Asks for these videos and no others, by whose they are and what: `ann camera`. */
  watch(layers: Readonly<Record<string, VideoLayer>>): Promise<void>
  /** Which layer of which videos comes now. */
  watching(): Record<string, SentLayer>
  signal(signal: MediaSignal): Promise<void>
  /** How many packets of audio have come. */
  readonly packets: number
  /** The last offer of what to receive. */
  readonly offered: MediaSignal | null
}

export function createVoiceLine(plane: MediaPlane): VoiceLine {
  const events: MediaEvent[] = []
  const peers = new Set<ReturnType<typeof createVoicePeer>>()
  plane.onEvent((event) => {
    events.push(event)
    for (const peer of peers) {
      if (event.type === 'signal' && event.sessionId === peer.seat.sessionId) peer.take(event.signal)
      if (event.type === 'moved' && event.conversationId === peer.seat.conversationId) void peer.join()
    }
  })
  return {
    plane,
    events,
    peer(name, { conversation = 'room', session = `${name}-session`, maySend = true, isEncrypted = false } = {}) {
      const peer = createVoicePeer(plane, {
        conversationId: conversation as ConversationId,
        userId: name as UserId,
        name,
        sessionId: session as SessionId,
        maySend,
        isEncrypted,
      })
      peers.add(peer)
      return peer
    },
    [Symbol.dispose]() {
      for (const peer of peers) peer[Symbol.dispose]()
    },
  }
}

interface Seen {
  readonly at: number
  readonly layer: SentLayer
}

interface Heard {
  readonly userId: string
  readonly at: number
  readonly frame: Uint8Array
}

function createVoicePeer(plane: MediaPlane, seat: MediaSeat) {
  let publishing: PeerConnection | null = null
  let receiving: PeerConnection | null = null
  let track: Track | null = null
  let tone: Tone | null = null
  let streams: readonly MediaStream[] = []
  let heard: Heard[] = []
  const seen = new Map<string, Seen>()
  const videos = new Map<'camera' | 'screen', { readonly track: Track; readonly ssrcs: readonly number[] }>()
  /** One that nobody holds is collected, and says nothing more. */
  let tracks: Track[] = []
  let offered: MediaSignal | null = null
  let answered: Promise<void> = Promise.resolve()
  let packets = 0
  let sequence = 0
  const newSsrc = () => Math.floor(Math.random() * 2 ** 31)
  const ssrc = newSsrc()

  const connection = () => {
    const bindAddress = findMediaAddress()
    return new PeerConnection(seat.name, {
      iceServers: [],
      disableAutoNegotiation: true,
      ...(bindAddress !== null && { bindAddress }),
    })
  }

  const startedAt = performance.now()
  // On a busy machine several are due at once: what is sent goes by the clock.
  const metronome = setInterval(() => {
    const due = Math.floor((performance.now() - startedAt) / PACKET_MS)
    for (; sequence < due; sequence += 1) send()
  }, PACKET_MS)

  function send(): void {
    for (const { track: video, ssrcs } of videos.values())
      for (const packet of vp8Rtp(sequence, ssrcs)) sendWhileOpen(video, packet)
    if (tone === null || track === null) return
    const frames = TONES[tone] as string[]
    const frame = Buffer.from(frames[sequence % frames.length] as string, 'base64')
    sendWhileOpen(track, opusRtp(sequence, ssrc, frame))
  }

  /** The other side closes tracks on a thread of its own: one that is open may not be a moment later. */
  function sendWhileOpen(on: Pick<Track, 'isOpen' | 'sendMessageBinary'>, packet: Buffer): void {
    if (!on.isOpen()) return
    try {
      on.sendMessageBinary(packet)
    } catch (error) {
      if (on.isOpen()) throw error
    }
  }

  async function publish(): Promise<void> {
    publishing?.close()
    const leg = connection()
    publishing = leg
    const audio = new Audio('mic', 'SendOnly')
    audio.addOpusCodec(OPUS)
    audio.addSSRC(ssrc, seat.name, seat.name, 'mic')
    audio.parseSdpLine('a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level')
    track = leg.addTrack(audio)
    await offer(leg)
  }

  async function offer(leg: PeerConnection): Promise<void> {
    const sdp = await described(leg, 'offer')
    const sources = ['mic', ...videos.keys()] as const
    const named = sources.map((source) => ({ mid: source, source }))
    await plane.signal(seat, { description: { type: 'offer', sdp }, streams: named }, null)
  }

  function close(): void {
    publishing?.close()
    receiving?.close()
    publishing = null
    receiving = null
    track = null
    answered = Promise.resolve()
    tracks = []
    heard = []
    videos.clear()
    seen.clear()
  }

  function receive(incoming: Track): void {
    const mid = incoming.mid()
    tracks.push(incoming)
    incoming.onMessage((packet) => {
      const type = (packet[1] ?? 0) & 0x7f
      const { userId, source } = streams.find((stream) => stream.mid === mid) ?? {}
      const now = performance.now()
      if (type === VP8) seen.set(`${userId} ${source}`, { at: now, layer: layerOf(payloadOf(packet)) })
      if (type !== OPUS || userId === undefined) return
      packets += 1
      heard = heard.filter(({ at }) => at > now - NOW_MS)
      heard.push({ userId, at: now, frame: payloadOf(packet) })
    })
  }

  async function answer(sdp: string): Promise<void> {
    if (receiving === null) {
      receiving = connection()
      receiving.onTrack(receive)
    }
    const leg = receiving
    leg.setRemoteDescription(sdp, 'offer')
    // The library ends the process over an answer to nothing.
    if (leg.signalingState() !== 'have-remote-offer') return
    await plane.signal(seat, { description: { type: 'answer', sdp: await described(leg, 'answer') } }, null)
  }

  return {
    seat,
    async join() {
      close()
      await plane.join(seat)
      if (tone !== null) await publish()
    },
    publish,
    async leave() {
      await plane.leave(seat)
      close()
    },
    async say(next: Tone | null) {
      tone = next
      if (tone !== null && publishing === null) await publish()
    },
    async hearing() {
      const now = performance.now()
      const recent = heard.filter(({ at }) => at > now - NOW_MS)
      const tones: Record<string, Tone> = {}
      for (const [userId, packets] of Object.entries(Object.groupBy(recent, (one) => one.userId))) {
        const main = await loudest((packets ?? []).map(({ frame }) => frame))
        if (main !== null) tones[userId] = main
      }
      return tones
    },
    async show(source: 'camera' | 'screen') {
      if (publishing === null) await publish()
      const leg = publishing as unknown as PeerConnection
      const ssrcs = source === 'camera' ? [newSsrc(), newSsrc(), newSsrc()] : [newSsrc()]
      const video = new Video(source, 'SendOnly')
      video.addVP8Codec(VP8)
      for (const one of ssrcs) video.addSSRC(one, seat.name, seat.name, source)
      if (ssrcs.length > 1) video.parseSdpLine(`a=ssrc-group:SIM ${ssrcs.join(' ')}`)
      videos.set(source, { track: leg.addTrack(video), ssrcs })
      await offer(leg)
    },
    watch(layers: Readonly<Record<string, VideoLayer>>) {
      const wanted = Object.entries(layers).map(([name, layer]) => {
        const [userId, source] = name.split(' ') as [UserId, 'camera' | 'screen']
        return { userId, source, layer }
      })
      return plane.signal(seat, { streams: wanted }, null)
    },
    watching() {
      const now = performance.now()
      const recent = [...seen].filter(([, { at }]) => at > now - NOW_MS)
      return Object.fromEntries(recent.map(([name, { layer }]) => [name, layer]))
    },
    signal: (signal: MediaSignal) => plane.signal(seat, signal, null),
    get packets() {
      return packets
    },
    get offered() {
      return offered
    },
    take(signal: MediaSignal) {
      const { description } = signal
      if (description?.type === 'answer') publishing?.setRemoteDescription(description.sdp, 'answer')
      if (description?.type !== 'offer') return
      offered = signal
      streams = signal.streams ?? []
      // One after another: an offer may be told again. And it may have left meanwhile.
      answered = answered.then(() => answer(description.sdp)).catch(() => undefined)
    },
    [Symbol.dispose]() {
      clearInterval(metronome)
      close()
    },
  }
}

function described(leg: PeerConnection, type: 'offer' | 'answer'): Promise<string> {
  return new Promise((resolve) => {
    leg.onLocalDescription((sdp) => resolve(sdp))
    leg.setLocalDescription(type)
  })
}

/** The tone in these packets, when one stands out. */
async function loudest(frames: Uint8Array[]): Promise<Tone | null> {
  if (frames.length < 5) return null
  const decoder = new OpusDecoder({ channels: 1 })
  await decoder.ready
  const samples = decoder.decodeFrames(frames).channelData[0] ?? new Float32Array()
  decoder.free()
  return toneOf(samples)
}

export function toneOf(samples: Float32Array): Tone | null {
  const powers = ([440, 660, 880] as const).map((tone) => ({ tone, power: powerAt(samples, tone) }))
  const [first, second] = powers.sort((one, other) => other.power - one.power)
  return first !== undefined && second !== undefined && first.power > 0.01 && first.power > 10 * second.power
    ? first.tone
    : null
}

/** Goertzel: the amplitude at a frequency, squared. */
function powerAt(samples: Float32Array, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / 48_000)
  let before = 0
  let last = 0
  for (const sample of samples) [before, last] = [last, sample + coefficient * last - before]
  return (4 * (last * last + before * before - coefficient * last * before)) / samples.length ** 2
}
