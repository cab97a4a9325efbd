/*
 * Runs in the browser: somebody in a room who says one tone and shows one picture, and tells which tones they hear.
 */
import { type ChatHandle, createParleyClient } from '@parley/client'
import type { VoiceCue, VoiceHandle, VoiceJoinOptions } from '@parley/client/voice'

const TONES = [440, 660, 880] as const
export type Tone = (typeof TONES)[number]

interface TalkerOptions {
  readonly url: string
  readonly token: string
  readonly roomId: string
  readonly tone: Tone
  readonly key?: string
  /** The height of their picture, which is 16:9; 180 unless told. */
  readonly pictureHeight?: number
}

interface TalkerPage {
  readonly chat: ChatHandle
  readonly voice: VoiceHandle
  readonly cues: VoiceCue[]
  /** Resolves when everything that comes with joining is done. */
  join(options?: VoiceJoinOptions): Promise<void>
  /** What comes out of the loudspeaker now. */
  hears(): Tone[]
  /** The highest peak of what comes out of the loudspeaker within so long; 1 is as loud as it gets. */
  loudest(withinMs: number): Promise<number>
  /** Resolves with how many ms after the call this was first heard. */
  untilHeard(tone: Tone): Promise<number>
  /** Whether this was heard at any moment of so long. */
  hearsWithin(ms: number, tone: Tone): Promise<boolean>
  /** Resolves with the height of somebody's picture once frames of it come, in pixels. */
  pictureOf(userId: string): Promise<number>
  /** Names of the codecs that our connections may use, as negotiated. */
  codecs(): string[]
}

declare global {
  interface Window {
    openTalker(options: TalkerOptions): Promise<void>
    talker: TalkerPage
  }
}

/** A tone that is there stands at −28 dB; what is not, below −80. */
const HEARD_DB = -50
const LOUDNESS = 0.2
const FRAMES_PER_SECOND = 10

const outputs: AnalyserNode[] = []
const connections: RTCPeerConnection[] = []

/** Listens where sound leaves the page. */
function tapOutputs(): void {
  const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode
  AudioNode.prototype.connect = function connectAndTap(this: AudioNode, to: AudioNode) {
    if (to instanceof AudioDestinationNode && this instanceof GainNode) {
      const analyser = this.context.createAnalyser()
      analyser.fftSize = 4096
      analyser.smoothingTimeConstant = 0
      connect.call(this, analyser)
      outputs.push(analyser)
    }
    return connect.call(this, to)
  } as typeof AudioNode.prototype.connect
}

function hears(): Tone[] {
  const analyser = outputs.at(-1)
  if (analyser === undefined || analyser.context.state !== 'running') return []
  const bins = new Float32Array(analyser.frequencyBinCount)
  analyser.getFloatFrequencyData(bins)
  return TONES.filter((tone) => {
    const bin = Math.round((tone * analyser.fftSize) / analyser.context.sampleRate)
    return Math.max(...bins.slice(bin - 1, bin + 2)) > HEARD_DB
  })
}

async function hearsWithin(ms: number, tone: Tone): Promise<boolean> {
  const until = performance.now() + ms
  while (performance.now() < until) {
    if (hears().includes(tone)) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

async function loudest(withinMs: number): Promise<number> {
  const until = performance.now() + withinMs
  const samples = new Float32Array(4096)
  let peak = 0
  while (performance.now() < until) {
    const analyser = outputs.at(-1)
    if (analyser?.context.state === 'running') analyser.getFloatTimeDomainData(samples)
    peak = Math.max(peak, ...samples.map(Math.abs))
    // The samples of 4096 / 48 kHz.
    await new Promise((resolve) => setTimeout(resolve, 80))
  }
  return peak
}

/** Remembers each connection that the page makes. */
function tapConnections(): void {
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      connections.push(this)
    }
  }
}

function codecs(): string[] {
  const descriptions = connections.map(({ currentLocalDescription }) => currentLocalDescription?.sdp ?? '')
  const names = Array.from(descriptions.join('').matchAll(/^a=rtpmap:\d+ ([^/]+)/gm), ([, name = '']) => name)
  return [...new Set(names.map((name) => name.toLowerCase()))].sort()
}

function say(tone: Tone): MediaStreamTrack {
  const context = new AudioContext()
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  const sink = context.createMediaStreamDestination()
  oscillator.frequency.value = tone
  gain.gain.value = LOUDNESS
  oscillator.connect(gain).connect(sink)
  oscillator.start()
  return sink.stream.getAudioTracks()[0] as MediaStreamTrack
}

/** A picture that changes while `isSeen`, or encoders send next to nothing; nobody is made to draw one that is not sent. */
function show(height: number, isSeen: () => boolean): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), { width: (height * 16) / 9, height })
  const context = canvas.getContext('2d')
  let hue = 0
  setInterval(() => {
    if (context === null || !isSeen()) return
    hue = (hue + 7) % 360
    context.fillStyle = `hsl(${hue} 80% 50%)`
    context.fillRect(0, 0, canvas.width, canvas.height)
  }, 1000 / FRAMES_PER_SECOND)
  return canvas.captureStream(FRAMES_PER_SECOND).getVideoTracks()[0] as MediaStreamTrack
}

const until = async <T>(look: () => T | null): Promise<T> => {
  for (;;) {
    const found = look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

tapOutputs()
tapConnections()
window.openTalker = async ({ url, token, roomId, tone, key, pictureHeight = 180 }) => {
  const client = createParleyClient({ url, getToken: () => token })
  const chat = client.openChat(roomId, key === undefined ? {} : { key })
  const cues: VoiceCue[] = []
  const audioTrack = say(tone)
  const videoTrack = show(pictureHeight, () => chat.voice.getSnapshot().self.cameraOn)
  const element = document.createElement('video')
  chat.voice.on('cue', (cue) => cues.push(cue))
  element.muted = true
  window.talker = {
    chat,
    voice: chat.voice,
    cues,
    join: (options) => chat.voice.join({ audioTrack, videoTrack, ...options }),
    hears,
    hearsWithin,
    loudest,
    codecs,
    async untilHeard(wanted) {
      const startedAt = performance.now()
      await until(() => (hears().includes(wanted) ? true : null))
      return performance.now() - startedAt
    },
    async pictureOf(userId) {
      const stream = await until(() => {
        const person = chat.voice.getSnapshot().participants.find((each) => each.userId === userId)
        return person?.video.find(({ source }) => source === 'camera')?.stream ?? null
      })
      if (element.srcObject !== stream) element.srcObject = stream
      await element.play()
      await new Promise((resolve) => element.requestVideoFrameCallback(resolve))
      return element.videoHeight
    },
  }
  await until(() => (chat.getSnapshot().phase === 'joined' ? true : null))
}
