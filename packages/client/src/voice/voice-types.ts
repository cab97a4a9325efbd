import type { FailureInfo } from '../failure-info.ts'

export type MediaSource = 'mic' | 'camera' | 'screen'
export type VideoSource = 'camera' | 'screen'
/** How somebody's line holds, as they measure it themselves. */
export type LineQuality = 'good' | 'fair' | 'poor' | 'unknown'

export type VoicePhase =
  | 'out'
  | 'joining'
  | 'in'
  /** In, but what we say or hear does not pass; it is being put right. */
  | 'reconnecting'
  /** We are out by no wish of our own, or could not join; `error` says why. `join` tries again. */
  | 'failed'

export interface MicrophoneSettings {
  /** When what the microphone hears is sent; never while muted. */
  readonly mode: 'open' | 'push-to-talk' | 'voice-activation'
  /** Voice activation: the level from which it opens, 0–1, on the scale of `self.level`. */
  readonly threshold: number
  /** Voice activation: how long it stays open after the last loud moment. */
  readonly releaseMs: number
  readonly echoCancellation: boolean
  readonly noiseSuppression: boolean
  readonly autoGainControl: boolean
  /** For instruments: stereo, nothing cleaned up, a higher bit rate. */
  readonly music: boolean
}

/** `null`: the system's default. */
export interface DeviceChoice {
  readonly microphoneId: string | null
  readonly cameraId: string | null
  readonly speakerId: string | null
}

export interface VoiceJoinOptions {
  readonly muted?: boolean
  /** Hear only; no microphone is asked for. */
  readonly listenOnly?: boolean
  readonly camera?: boolean
  readonly devices?: Partial<DeviceChoice>
  readonly microphone?: Partial<MicrophoneSettings>
  /** `relay`: by TURN alone. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy
  /** Sent in place of the microphone, which is then not asked for. It stays the caller's; it is copied. */
  readonly audioTrack?: MediaStreamTrack
  /** Sent in place of the camera. It stays the caller's; it is copied. */
  readonly videoTrack?: MediaStreamTrack
}

/** A video that the page shows, and how large, in CSS pixels. */
export interface VideoView {
  readonly userId: string
  readonly source: VideoSource
  readonly width: number
  readonly height: number
  /** Seen although the page is hidden, as in a picture in picture: asked for then too. */
  readonly staysWhenHidden?: boolean
}

export interface VoicePerson {
  readonly userId: string
  readonly name: string
  /** Unix ms of the server. */
  readonly joinedAt: number
  readonly muted: boolean
  /** Muted by a moderator: can't unmute until it is lifted. */
  readonly hardMuted: boolean
  readonly deafened: boolean
  readonly listenOnly: boolean
  readonly speaking: boolean
  /** 0–1 */
  readonly level: number
  /** When the hand was raised, Unix ms of the server; `null` while it is not. */
  readonly hand: number | null
  readonly quality: LineQuality
  /** How loud we have them, 0–2; 0: not at all. */
  readonly volume: number
  /** What they send, whether or not we asked for it. Neither muted nor `mic` in it: they have no microphone. */
  readonly sources: readonly MediaSource[]
  /** Videos that are here to be shown; `setViews` asks for them. Our own are in it too. */
  readonly video: readonly { readonly source: VideoSource; readonly stream: MediaStream }[]
  /** Whether their sound reaches us. */
  readonly hasAudio: boolean
  /** Encrypted with a key that we don't have: we hear and see nothing of them. */
  readonly missingKey: boolean
  readonly isSelf: boolean
}

export type MicrophoneHint =
  | 'none'
  | 'talking-while-muted'
  /** Unmuted, but the server receives nothing from us. */
  | 'unheard'
  | 'no-microphone'
  /** The browser or the person does not allow it. */
  | 'microphone-blocked'
  /** The chosen microphone is gone, the default one took its place. It is taken again when it comes back. */
  | 'microphone-lost'

export interface VoiceSelf {
  readonly muted: boolean
  readonly hardMuted: boolean
  readonly deafened: boolean
  readonly listenOnly: boolean
  /** What the microphone hears is sent now. */
  readonly transmitting: boolean
  /** Push-to-talk is held. */
  readonly pressed: boolean
  readonly microphone: MicrophoneSettings
  readonly devices: DeviceChoice
  readonly cameraOn: boolean
  readonly screenOn: boolean
  readonly hand: boolean
  /** What the microphone hears, 0–1, muted or not. */
  readonly level: number
  readonly hint: MicrophoneHint
}

export interface VoiceRecording {
  /** Unix ms of the server. */
  readonly startedAt: number
  readonly byId: string
}

/** Voice in a chat as it stands. Immutable: a new object after every change, so it fits `useSyncExternalStore`. */
export interface VoiceSnapshot {
  readonly phase: VoicePhase
  readonly error: FailureInfo | null
  readonly topology: 'mesh' | 'sfu' | null
  /** Everybody in voice, also while we are out. */
  readonly participants: readonly VoicePerson[]
  readonly self: VoiceSelf
  readonly recording: VoiceRecording | null
  /** Newcomers only listen. */
  readonly stage: boolean
  readonly isEncrypted: boolean
}

/** Something that a page may sound. */
export type VoiceCue = 'joined' | 'left' | 'muted' | 'unmuted' | 'ptt-on' | 'ptt-off' | 'hand'

export type VoiceEndReason =
  | 'left'
  /** We joined with another device. */
  | 'elsewhere'
  | 'kicked'
  | 'expired'
  /** No media server can carry it. */
  | 'unavailable'

/** What voice tells once, as it happens. */
export interface VoiceEvents {
  reaction: { readonly userId: string; readonly emoji: string }
  /** A moderator asks us to unmute; only we can. */
  'unmute-asked': { readonly byId: string; readonly byName: string }
  /** We are out by no wish of our own. */
  ended: { readonly reason: VoiceEndReason }
  /** We joined with the camera on, and it could not be turned on; we are in without it. `message` is for the person. */
  'camera-failed': FailureInfo
  cue: VoiceCue
}

/** How packets go. `server`: straight to the media server; `relayed`: by TURN. */
export type VoiceRoute = 'direct' | 'relayed' | 'server' | 'unknown'

export interface VoiceStreamStats {
  readonly source: MediaSource | 'screen-audio'
  /** e.g. `opus`, `VP8`; `null` before the first packet. */
  readonly codec: string | null
  /** Bits a second since the last look. */
  readonly bitrate: number
  /** Packets lost since the last look, 0–1; of those we send, as the other side reports. */
  readonly loss: number
  readonly jitterMs: number | null
  /** Video only. */
  readonly width?: number
  readonly height?: number
  readonly framesPerSecond?: number
}

export interface VoicePersonStats {
  readonly userId: string
  readonly route: VoiceRoute
  readonly roundTripMs: number | null
  readonly received: readonly VoiceStreamStats[]
}

export interface VoiceStats {
  /** The way of what we send: to the server, or under mesh on the worst of all lines. */
  readonly route: VoiceRoute
  readonly roundTripMs: number | null
  readonly sent: readonly VoiceStreamStats[]
  readonly people: readonly VoicePersonStats[]
  readonly quality: LineQuality
}

/** Voice in one chat. It heals by itself whatever breaks; actions reject with `ParleyError`. */
export interface VoiceHandle {
  getSnapshot(): VoiceSnapshot
  subscribe(listener: () => void): () => void
  on<E extends keyof VoiceEvents>(event: E, listener: (data: VoiceEvents[E]) => void): () => void
  /**
   * Goes in. Resolves when the server took us in and our microphone is on its way; without a microphone we are in all
   * the same, and `self.hint` says so; without the camera that was wished too, and `camera-failed` says why. Call it from a click: browsers let a page play sound only after one.
   */
  join(options?: VoiceJoinOptions): Promise<void>
  leave(): Promise<void>
  /** At once. Unmuting while hard-muted changes nothing. */
  setMuted(muted: boolean): void
  /** Deafened: we hear nobody. */
  setDeafened(deafened: boolean): void
  setCamera(on: boolean): Promise<void>
  /** Asks the person what to share. Rejects with `FORBIDDEN` when they choose nothing. */
  setScreen(on: boolean): Promise<void>
  /** Push-to-talk: open while true, and 200 ms longer. Closes by itself when the page loses the focus or we are muted. */
  press(isDown: boolean): void
  setMicrophone(settings: Partial<MicrophoneSettings>): Promise<void>
  /** Rejects while in voice when one can't be opened: the one before goes on. */
  setDevices(devices: Partial<DeviceChoice>): Promise<void>
  /** 0–2; 0: muted for me. Kept for the life of the handle. */
  setVolume(userId: string, volume: number): void
  /**
   * Which videos the page shows and how large; replaces the list before. What is not in it is not
   * sent to us, nor is anything while the page is hidden but what stays (`staysWhenHidden`).
   */
  setViews(views: readonly VideoView[]): void
  raiseHand(raised: boolean): Promise<void>
  react(emoji: string): Promise<void>
  /** For moderators. `muted: false` lifts a hard mute and asks them to unmute: nobody is unmuted from afar. */
  muteMember(userId: string, options?: { readonly muted?: boolean; readonly hard?: boolean }): Promise<void>
  muteAll(options?: { readonly hard?: boolean }): Promise<void>
  /** On stage speak those who may; newcomers only listen. */
  setStage(stage: boolean): Promise<void>
  record(on: boolean): Promise<void>
  /** The server's STUN and TURN servers, for `checkLines`; also before joining voice. Empty where it has none. */
  iceServers(): Promise<readonly RTCIceServer[]>
  /** Since the last look; at most one a second is worth it. */
  stats(): Promise<VoiceStats>
}
