import type { Clock } from '../clock.ts'
import type { AudioHub } from './audio-hub.ts'
import { tickByAudio } from './audio-ticker.ts'
import { captureMicrophone } from './capture.ts'
import { createLevelMeter } from './level-meter.ts'
import { createSentSound, type SentSound } from './sent-sound.ts'
import { createVoiceGate } from './voice-gate.ts'
import type { MicrophoneSettings } from './voice-types.ts'

export interface MicrophoneOptions {
  readonly clock: Clock
  readonly hub: AudioHub
  readonly settings: () => MicrophoneSettings
  readonly deviceId: () => string | null
  /** In place of a device. */
  readonly given: () => MediaStreamTrack | null
  /** About 30 times a second, 0–1. */
  readonly onLevel: (level: number) => void
  /** The track to be sent is another one; `null`: there is none. */
  readonly onTrack: (track: MediaStreamTrack | null) => void
  /** `trouble` changed. */
  readonly onTrouble: () => void
  /** The device went away while it was used. */
  readonly onLost: () => void
}

export type MicrophoneTrouble = 'none' | 'missing' | 'blocked' | 'lost'

/** What we say: from a device, or a track that we were given, to the track that is sent. */
export interface Microphone {
  /** Since `open`, whether or not there is a device, until `close`. */
  readonly isOpen: boolean
  readonly track: MediaStreamTrack | null
  readonly trouble: MicrophoneTrouble
  /** What is heard is loud enough for voice activation. */
  readonly isLoud: boolean
  /** Sends what is heard, or silence. At once. */
  transmit(isOn: boolean): void
  /** Opens the device, or another one in its place. Resolves when done; never rejects. */
  open(): Promise<void>
  close(): void
}

const TICK_MS = 30

export function createMicrophone(options: MicrophoneOptions): Microphone {
  const { clock, hub, settings } = options
  const gate = createVoiceGate(settings)
  let trouble: MicrophoneTrouble = 'none'
  let heard: MediaStreamTrack | null = null
  let sent: SentSound | null = null
  let stopHearing: () => void = () => undefined
  let isTransmitting = false
  let isOpen = false
  /** Raised with every opening: what an earlier one brings late is put away. */
  let run = 0

  function setTrouble(next: MicrophoneTrouble): void {
    if (trouble === next) return
    trouble = next
    options.onTrouble()
  }

  function listen(track: MediaStreamTrack): void {
    const source = hub.context.createMediaStreamSource(new MediaStream([track]))
    const meter = createLevelMeter(hub.context, source)
    const stop = tickByAudio(hub.context, clock, TICK_MS, () => {
      const level = meter.read()
      sent?.gate(gate.hear(level, clock.now()))
      options.onLevel(level)
    })
    stopHearing = () => {
      stop()
      meter.close()
    }
  }

  function put(track: MediaStreamTrack | null): void {
    const before = { heard, sent, stopHearing }
    stopHearing = () => undefined
    gate.close()
    heard = track
    sent = track === null ? null : createSentSound(hub.context, track, settings().mode === 'voice-activation')
    sent?.transmit(isTransmitting)
    options.onTrack(sent?.track ?? null)
    if (track !== null) {
      listen(track)
      track.addEventListener('ended', () => heard === track && lost())
    }
    before.stopHearing()
    before.sent?.close()
    if (before.heard !== track) before.heard?.stop()
  }

  function lost(): void {
    options.onLost()
    if (options.given() === null) void open()
    else put(null)
  }

  async function open(): Promise<void> {
    isOpen = true
    run += 1
    const mine = run
    const copy = options.given()?.clone()
    if (copy !== undefined) {
      copy.enabled = true
      put(copy)
      return
    }
    const { track, failure, isSubstitute } = await captureMicrophone(options.deviceId(), settings())
    if (mine !== run) return track?.stop()
    put(track)
    setTrouble(failure ?? (isSubstitute ? 'lost' : 'none'))
  }

  return {
    get isOpen() {
      return isOpen
    },
    get track() {
      return sent?.track ?? null
    },
    get trouble() {
      return trouble
    },
    get isLoud() {
      return gate.isOpen
    },
    transmit(isOn) {
      isTransmitting = isOn
      sent?.transmit(isOn)
    },
    open,
    close() {
      if (!isOpen) return
      isOpen = false
      run += 1
      put(null)
      setTrouble('none')
    },
  }
}
