import { asParleyError } from '../as-parley-error.ts'
import type { Clock } from '../clock.ts'
import type { Device } from '../device.ts'
import { createMediaCipher } from '../e2ee/media-cipher.ts'
import { ParleyError } from '../parley-error.ts'
import { createAudioHub } from './audio-hub.ts'
import { isMicrophoneBack, speakerNow, watchDevices } from './device-watch.ts'
import { createLocalVideo } from './local-video.ts'
import type { MediaProtection } from './media-legs.ts'
import { createMicrophone, type MicrophoneTrouble } from './microphone.ts'
import { isSameSound } from './microphone-settings.ts'
import { createMuteSync } from './mute-sync.ts'
import { watchNetwork } from './network-watch.ts'
import { createOwnSpeaking } from './own-speaking.ts'
import { createPlayback } from './playback.ts'
import { watchQuality } from './quality-report.ts'
import { createTransmitSwitch } from './transmit-switch.ts'
import { createVideoWishes } from './video-wishes.ts'
import { createVoiceSession } from './voice-session.ts'
import { createVoiceStats } from './voice-stats.ts'
import type {
  DeviceChoice,
  MediaSource,
  MicrophoneSettings,
  VideoView,
  VoiceCue,
  VoiceJoinOptions,
  VoicePerson,
  VoiceStats,
} from './voice-types.ts'
import type { ReceivedSignal, VoiceJoined, VoiceLine, VoiceParticipant, VoiceRequests } from './voice-wire.ts'

/** What the person chose; it outlives a stay in voice. */
export interface VoicePreferences {
  muted: boolean
  deafened: boolean
  microphone: MicrophoneSettings
  devices: DeviceChoice
  readonly volumes: Map<string, number>
}

export interface VoiceEngineOptions {
  readonly clock: Clock
  readonly device: Device
  readonly random: () => number
  readonly line: VoiceLine
  readonly selfId: string
  readonly preferences: VoicePreferences
  /** The key that media is encrypted with; `null`: we have none. */
  readonly mediaKey: () => { readonly roomId: string; readonly key: string } | null
  /** We as the server has us; `null` when it does not. */
  readonly self: () => VoiceParticipant | null
  /** Our role lets us speak, as far as is known. */
  readonly maySpeak: () => boolean
  readonly participants: () => readonly VoiceParticipant[]
  /** The server took us in, again perhaps. */
  readonly onJoined: (joined: VoiceJoined) => void
  readonly onChange: () => void
  readonly onCue: (cue: VoiceCue) => void
  /** Somebody else muted us. */
  readonly onMuted: () => void
  /** The camera that we wished to join with stays off. */
  readonly onCameraFailed: (error: ParleyError) => void
  /** The server won't have us back. */
  readonly onRefused: (error: ParleyError) => void
  /** The server took us in, and we can't be there without a key. */
  readonly onNoKey: () => void
}

/** One stay in voice, from `join` to `close`. */
export interface VoiceEngine {
  /** Media passes, as far as is known. */
  readonly isHealthy: boolean
  readonly isEncrypted: boolean
  readonly transmitting: boolean
  readonly pressed: boolean
  readonly level: number
  readonly trouble: MicrophoneTrouble
  readonly talkingWhileMuted: boolean
  readonly cameraOn: boolean
  readonly screenOn: boolean
  hears(userId: string): boolean
  lacksKeyOf(userId: string): boolean
  videosOf(userId: string): VoicePerson['video']
  join(options: VoiceJoinOptions): Promise<void>
  rejoin(): void
  lineDown(): void
  signalled(signal: ReceivedSignal): void
  /** What `self` and `participants` say has changed. */
  stateChanged(): void
  muteChanged(): void
  deafenChanged(): void
  microphoneChanged(before: MicrophoneSettings): Promise<void>
  devicesChanged(before: DeviceChoice): Promise<void>
  press(isDown: boolean): void
  setVolume(userId: string, volume: number): void
  setCamera(on: boolean): Promise<void>
  setScreen(on: boolean): Promise<void>
  setViews(views: readonly VideoView[]): void
  stats(): Promise<VoiceStats>
  /** Everything local ends; the server is not told. */
  close(): void
}

/** The level is told when it changed so much, and not more often than this. */
const LEVEL_STEP = 0.02
const LEVEL_INTERVAL_MS = 100

const MESH_CAMERA_HEIGHT = 360
const SFU_CAMERA_HEIGHT = 720

export function createVoiceEngine(options: VoiceEngineOptions): VoiceEngine {
  const { clock, device, line, selfId, preferences, onChange } = options
  const hub = createAudioHub()
  const playback = createPlayback(hub.context)
  const videos = new Map<MediaStreamTrack, { readonly userId: string; readonly video: VoicePerson['video'][number] }>()
  let joinOptions: VoiceJoinOptions = {}
  let level = 0
  let levelToldAt = 0
  let isTalkingWhileMuted = false
  let isClosed = false

  const session = createVoiceSession({
    clock,
    random: options.random,
    line,
    selfId,
    wishes: () => ({
      muted: preferences.muted,
      video: joinOptions.camera === true || video.camera !== null || video.screen !== null,
      listenOnly: joinOptions.listenOnly === true,
    }),
    iceTransportPolicy: () => joinOptions.iceTransportPolicy,
    isMusic: () => preferences.microphone.music,
    protection: () => protectionOf(options),
    onJoined(joined) {
      options.onJoined(joined)
      wishes.again()
    },
    onRefused: options.onRefused,
    onNoKey: options.onNoKey,
    onTrack({ userId, source, track }) {
      playback.add({ userId, source, track })
      if (source === 'camera' || source === 'screen') {
        videos.set(track, { userId, video: { source, stream: new MediaStream([track]) } })
      }
      onChange()
    },
    onTrackGone(remote) {
      playback.remove(remote)
      videos.delete(remote.track)
      onChange()
    },
    onChange,
  })
  const transmit = createTransmitSwitch({
    clock,
    state: () => ({ mode: preferences.microphone.mode, mayNot: preferences.muted || !maySpeak() }),
    onChange() {
      microphone.transmit(transmit.isOn)
      onChange()
    },
    onCue: options.onCue,
  })
  const muting = createMuteSync({
    clock,
    random: options.random,
    own: () => ({ muted: preferences.muted, deafened: preferences.deafened }),
    send: (state) => line.send('voice:mute', state),
    onMuted: options.onMuted,
  })
  const speaking = createOwnSpeaking({
    onSpeaking(isSpeaking, at) {
      if (session.topology === 'mesh') notify('voice:speaking', { speaking: isSpeaking, level: at })
    },
    onTalkingWhileMuted(isTalking) {
      isTalkingWhileMuted = isTalking
      onChange()
    },
  })
  const microphone = createMicrophone({
    clock,
    hub,
    settings: () => preferences.microphone,
    deviceId: () => preferences.devices.microphoneId,
    given: () => joinOptions.audioTrack ?? null,
    onLevel: heard,
    onTrack: (track) => void session.send('mic', track),
    onTrouble: onChange,
    onLost: () => transmit.interrupt(),
  })
  const video = createLocalVideo({
    deviceId: () => preferences.devices.cameraId,
    given: () => joinOptions.videoTrack ?? null,
    height: () => (session.topology === 'mesh' ? MESH_CAMERA_HEIGHT : SFU_CAMERA_HEIGHT),
    onTrack: (source, track) => void session.send(source, track),
    onEnded: (source) => (source === 'screen' ? video.closeScreen() : video.closeCamera()),
  })
  const wishes = createVideoWishes({ clock, device, participants: options.participants, want: session.want })
  const stats = createVoiceStats(session.lines)
  const quality = watchQuality({
    clock,
    lines: session.lines,
    onChange: (measured) => notify('voice:quality', { quality: measured }),
  })
  const plugs = watchDevices({
    onChange(devices) {
      const { microphoneId, speakerId } = preferences.devices
      if (isMicrophoneBack(devices, { trouble: microphone.trouble, microphoneId })) void openMicrophone()
      void playback.setSpeaker(speakerNow(devices, speakerId))
    },
  })
  const network = watchNetwork({ clock, device, onChange: session.hurry, onAway: () => transmit.interrupt() })

  function maySend(): boolean {
    return joinOptions.listenOnly !== true && options.maySpeak()
  }

  function maySpeak(): boolean {
    return maySend() && options.self()?.hardMuted !== true
  }

  /** A listener is not asked for a microphone, until they become a speaker. */
  async function openMicrophone(): Promise<void> {
    if (maySend()) await microphone.open()
    else microphone.close()
  }

  /** Where no media server stops them, everybody does: of whom may not speak, nothing is played. */
  function silenced(): ReadonlySet<string> {
    const mayNot = options.participants().filter(({ hardMuted, listenOnly }) => hardMuted || listenOnly)
    return new Set(mayNot.map(({ userId }) => userId))
  }

  function notify<E extends keyof VoiceRequests>(event: E, data: VoiceRequests[E]): void {
    line.send(event, data).catch(() => undefined)
  }

  function heard(next: number): void {
    const now = clock.now()
    speaking.hear(next, now, {
      isMuted: preferences.muted && maySpeak(),
      isTransmitting: transmit.isOn && (preferences.microphone.mode !== 'voice-activation' || microphone.isLoud),
    })
    if (now - levelToldAt < LEVEL_INTERVAL_MS || Math.abs(next - level) < LEVEL_STEP) return
    level = next
    levelToldAt = now
    onChange()
  }

  /** Whether we may send it is asked before the device is opened. */
  async function announce(source: MediaSource): Promise<void> {
    await line.request('voice:publish', { source })
  }

  async function setCamera(on: boolean): Promise<void> {
    if (!on) return video.closeCamera()
    if (video.camera !== null) return
    await announce('camera')
    if (isClosed) return
    const failure = await video.openCamera()
    if (failure === null || isClosed) return
    notify('voice:unpublish', { source: 'camera' })
    throw failure
  }

  function cameraFailed(failure: unknown): void {
    if (isClosed) return
    options.onCameraFailed(asParleyError(failure))
  }

  async function setScreen(on: boolean): Promise<void> {
    if (!on) return video.closeScreen()
    const failure = await video.openScreen(() => announce('screen'))
    if (failure !== null) throw failure
  }

  return {
    get isHealthy() {
      return session.isHealthy
    },
    get isEncrypted() {
      return session.isEncrypted
    },
    get transmitting() {
      const isSilent = preferences.microphone.mode === 'voice-activation' && !microphone.isLoud
      return transmit.isOn && microphone.track !== null && !isSilent
    },
    get pressed() {
      return transmit.isPressed
    },
    get level() {
      return level
    },
    get trouble() {
      return microphone.trouble
    },
    get talkingWhileMuted() {
      return isTalkingWhileMuted
    },
    get cameraOn() {
      return video.camera !== null
    },
    get screenOn() {
      return video.screen !== null
    },
    hears: playback.hears,
    lacksKeyOf: session.lacksKeyOf,
    videosOf(userId) {
      if (userId === selfId) return video.streams()
      return [...videos.values()].flatMap((each) => (each.userId === userId ? [each.video] : []))
    },
    async join(chosen) {
      joinOptions = chosen
      for (const [userId, volume] of preferences.volumes) playback.setVolume(userId, volume)
      playback.setDeafened(preferences.deafened)
      void playback.setSpeaker(preferences.devices.speakerId)
      const opened = openMicrophone()
      await session.join()
      await opened
      // While the person was asked for the microphone they may have left.
      if (isClosed) return
      transmit.refresh()
      network.start()
      plugs.start()
      quality.start()
      if (chosen.camera === true) await setCamera(true).catch(cameraFailed)
    },
    rejoin: session.rejoin,
    lineDown: session.lineDown,
    signalled: session.signalled,
    stateChanged() {
      transmit.refresh()
      if (maySend() !== microphone.isOpen) void openMicrophone()
      session.meet(options.participants())
      playback.silence(silenced())
      wishes.refresh()
      muting.hear(options.self()?.muted ?? null)
    },
    muteChanged() {
      transmit.refresh()
      muting.tell()
    },
    deafenChanged() {
      playback.setDeafened(preferences.deafened)
      muting.tell()
    },
    async microphoneChanged(before) {
      const { microphone: now } = preferences
      transmit.refresh()
      if (microphone.track === null || !isSameSound(before, now)) await openMicrophone()
      if (before.music !== now.music) await session.retune()
    },
    async devicesChanged(before) {
      const { devices: now } = preferences
      if (before.microphoneId !== now.microphoneId) await openMicrophone()
      if (before.speakerId !== now.speakerId) await playback.setSpeaker(now.speakerId)
      if (before.cameraId === now.cameraId || video.camera === null) return
      const failure = await video.openCamera()
      if (failure !== null) throw failure
    },
    press: transmit.press,
    setVolume: playback.setVolume,
    setCamera,
    setScreen,
    setViews: wishes.set,
    async stats() {
      const { sample: _, ...measured } = await stats.measure()
      return { ...measured, quality: quality.quality }
    },
    close() {
      isClosed = true
      network.stop()
      plugs.stop()
      quality.stop()
      wishes.stop()
      muting.stop()
      session.close()
      transmit.interrupt()
      video.close()
      microphone.close()
      playback.close()
      hub.close()
    },
  }
}

/** Where media can't be encrypted nobody talks: it would go out in the clear. */
async function protectionOf({ mediaKey, selfId }: VoiceEngineOptions): Promise<MediaProtection | null> {
  const key = mediaKey()
  if (key === null) return null
  try {
    return await createMediaCipher({ ...key, selfId })
  } catch (failure) {
    throw new ParleyError(
      'MEDIA_UNAVAILABLE',
      failure instanceof TypeError
        ? 'This browser can’t encrypt calls end to end. Use a newer one.'
        : 'The key in this link is not whole. Open the whole link.',
    )
  }
}
