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
} from '@parley/core'
import { Audio, PeerConnection, type Track } from 'node-datachannel'
import { OpusDecoder } from 'opus-decoder'
import { findMediaAddress } from './janus-files.ts'
import { payloadOf } from './recording/read-mjr.ts'

/** A second of each tone in packets of 20 ms, from a browser's encoder. */
const TONES = JSON.parse(readFileSync(new URL('./fixtures/tones.json', import.meta.url), 'utf8')) as Record<
  string,
  string[]
>
export type Tone = 440 | 660 | 880

const OPUS = 111
const PACKET_MS = 20
const SAMPLES = 960
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
  /** One that nobody holds is collected, and says nothing more. */
  let tracks: Track[] = []
  let offered: MediaSignal | null = null
  let packets = 0
  let sequence = 0
  const ssrc = Math.floor(Math.random() * 2 ** 31)

  const connection = () => {
    const bindAddress = findMediaAddress()
    return new PeerConnection(seat.name, {
      iceServers: [],
      disableAutoNegotiation: true,
      ...(bindAddress !== null && { bindAddress }),
    })
  }

  const metronome = setInterval(() => {
    if (tone === null || track === null || !track.isOpen()) return
    const frames = TONES[tone] as string[]
    sequence += 1
    track.sendMessageBinary(toRtp(sequence, ssrc, Buffer.from(frames[sequence % frames.length] as string, 'base64')))
  }, PACKET_MS)

  async function publish(): Promise<void> {
    publishing?.close()
    const leg = connection()
    publishing = leg
    const audio = new Audio('mic', 'SendOnly')
    audio.addOpusCodec(OPUS)
    audio.addSSRC(ssrc, seat.name, seat.name, 'mic')
    audio.parseSdpLine('a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level')
    track = leg.addTrack(audio)
    const sdp = await described(leg, 'offer')
    await plane.signal(seat, { description: { type: 'offer', sdp }, streams: [{ mid: 'mic', source: 'mic' }] }, null)
  }

  function close(): void {
    publishing?.close()
    receiving?.close()
    publishing = null
    receiving = null
    track = null
    tracks = []
    heard = []
  }

  function receive(incoming: Track): void {
    const mid = incoming.mid()
    tracks.push(incoming)
    incoming.onMessage((packet) => {
      const isOpus = ((packet[1] ?? 0) & 0x7f) === OPUS
      const userId = streams.find((stream) => stream.mid === mid)?.userId
      if (!isOpus || userId === undefined) return
      packets += 1
      const now = performance.now()
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
      // It may have left meanwhile.
      answer(description.sdp).catch(() => undefined)
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

/** RFC 3550, with the level of RFC 6464 in a one-byte extension. */
function toRtp(sequence: number, ssrc: number, frame: Uint8Array): Buffer {
  const header = Buffer.alloc(20)
  header[0] = 0x90
  header[1] = OPUS
  header.writeUInt16BE(sequence & 0xffff, 2)
  header.writeUInt32BE((sequence * SAMPLES) >>> 0, 4)
  header.writeUInt32BE(ssrc, 8)
  header.writeUInt16BE(0xbede, 12)
  header.writeUInt16BE(1, 14)
  header[16] = 0x10
  const LEVEL_DBOV = 20
  header[17] = 0x80 | LEVEL_DBOV
  return Buffer.concat([header, frame])
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
