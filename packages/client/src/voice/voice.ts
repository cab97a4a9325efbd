import type { Member } from '@parley/protocol/messenger'
import { asParleyError } from '../as-parley-error.ts'
import type { Clock } from '../clock.ts'
import type { Device } from '../device.ts'
import type { FailureInfo } from '../failure-info.ts'
import { createListeners, type Listeners } from '../listeners.ts'
import { failureOf, ParleyError } from '../parley-error.ts'
import { DEFAULT_MICROPHONE } from './microphone-settings.ts'
import type { VoiceEngine, VoicePreferences } from './voice-engine.ts'
import { createVoiceLeave } from './voice-leave.ts'
import { createVoicePeople, participantsAmong } from './voice-people.ts'
import type { MicrophoneHint, VoiceEvents, VoiceHandle, VoicePhase, VoiceSelf, VoiceSnapshot } from './voice-types.ts'
import type { VoiceJoined, VoiceLine, VoiceParticipant, VoiceServerEvents } from './voice-wire.ts'

export interface VoiceOptions {
  readonly clock: Clock
  readonly device: Device
  readonly random: () => number
  readonly line: VoiceLine
  readonly selfId: () => string | null
  readonly members: () => readonly Member[]
  /** The key that media is encrypted with; `null` when we have none. */
  readonly mediaKey: () => { readonly roomId: string; readonly key: string } | null
}

/** What the chat tells its voice. */
export interface Voice {
  readonly handle: VoiceHandle
  received(event: string, data: unknown): void
  /** The chat is joined, again perhaps. */
  joined(): void
  /** The line is gone. */
  away(): void
  /** The chat is over for us. */
  end(reason: FailureInfo | null): void
}

const MAX_VOLUME = 2
const ENDED: { readonly [R in VoiceEvents['ended']['reason']]: FailureInfo | null } = {
  left: null,
  elsewhere: { code: 'CONFLICT', message: 'You went into voice on another device.' },
  kicked: { code: 'KICKED', message: 'You were removed from this room.' },
  expired: { code: 'ROOM_EXPIRED', message: 'The time of this room is up.' },
  unavailable: { code: 'MEDIA_UNAVAILABLE', message: 'No media server answers. Try again in a moment.' },
}

/** Voice in a chat. What it takes to talk is loaded when somebody joins. */
export function createVoice(options: VoiceOptions): Voice {
  const { clock, line } = options
  const changed = createListeners<void>()
  const listeners: { readonly [E in keyof VoiceEvents]: Listeners<VoiceEvents[E]> } = {
    reaction: createListeners(),
    'unmute-asked': createListeners(),
    ended: createListeners(),
    'camera-failed': createListeners(),
    cue: createListeners(),
  }
  const people = createVoicePeople()
  const levels = new Map<string, { readonly speaking: boolean; readonly level: number }>()
  const preferences: VoicePreferences = {
    muted: false,
    deafened: false,
    microphone: DEFAULT_MICROPHONE,
    devices: { microphoneId: null, cameraId: null, speakerId: null },
    volumes: new Map(),
  }
  const leaving = createVoiceLeave({ clock, random: options.random, send: () => line.send('voice:leave', {}) })
  let snapshot: VoiceSnapshot | null = null
  let engine: VoiceEngine | null = null
  let phase: 'out' | 'joining' | 'in' | 'failed' = 'out'
  let error: FailureInfo | null = null
  let topology: VoiceSnapshot['topology'] = null
  let recording: VoiceSnapshot['recording'] = null
  let stage = false
  /** `null` before the server told of voice: the list of members is all we know. */
  let told: readonly VoiceParticipant[] | null = null
  let listensOnly = false
  let isUnheard = false
  let isAway = true
  /** Our place in voice goes with the line, also while we are still asked for the microphone. */
  let hasPlace = false

  const participants = (): readonly VoiceParticipant[] => told ?? participantsAmong(options.members())
  const self = (): VoiceParticipant | null => participants().find(({ userId }) => userId === options.selfId()) ?? null

  /** Before the server says so itself, our role does. */
  function maySpeak(): boolean {
    const known = self()
    if (known !== null) return !known.listenOnly
    return options.members().find(({ userId }) => userId === options.selfId())?.role !== 'listener'
  }

  function touch(): void {
    snapshot = null
    changed.tell()
  }

  function cue(next: VoiceEvents['cue']): void {
    listeners.cue.tell(next)
  }

  function finish(next: 'out' | 'failed', reason: FailureInfo | null): void {
    const ended = engine
    engine = null
    phase = next
    error = reason
    isUnheard = false
    hasPlace = false
    ended?.close()
    touch()
  }

  function mute(muted: boolean): void {
    if (preferences.muted === muted || (!muted && engine !== null && self()?.hardMuted === true)) return
    preferences.muted = muted
    isUnheard = false
    engine?.muteChanged()
    if (engine !== null) cue(muted ? 'muted' : 'unmuted')
    touch()
  }

  function took(next: readonly VoiceParticipant[]): void {
    const before = new Map(participants().map((each) => [each.userId, each]))
    told = next
    for (const { userId, speaking } of next) {
      if (levels.get(userId)?.speaking !== speaking)
        levels.set(userId, { speaking, level: levels.get(userId)?.level ?? 0 })
    }
    if (phase === 'in' && engine !== null) {
      const others = next.filter(({ userId }) => userId !== options.selfId())
      const came = others.some(({ userId }) => !before.has(userId))
      const left = [...before.keys()].some(
        (id) => id !== options.selfId() && !others.some(({ userId }) => userId === id),
      )
      if (came) cue('joined')
      if (left) cue('left')
      if (others.some(({ userId, hand }) => hand !== null && (before.get(userId)?.hand ?? null) === null)) cue('hand')
      engine.stateChanged()
    }
  }

  const handlers: { readonly [E in keyof VoiceServerEvents]: (data: VoiceServerEvents[E]) => void } = {
    'voice:state'(state) {
      topology = state.topology
      recording = state.recording
      stage = state.stage
      took(state.participants)
      touch()
    },
    'voice:speaking'({ userId, speaking, level }) {
      levels.set(userId, { speaking, level })
      touch()
    },
    'voice:signal': (signal) => engine?.signalled(signal),
    'voice:moved': () => engine?.rejoin(),
    'voice:ended'({ reason }) {
      if (engine === null) return
      const why = ENDED[reason]
      finish(why === null ? 'out' : 'failed', why)
      listeners.ended.tell({ reason })
    },
    'voice:unmute-asked': ({ byId, byName }) => listeners['unmute-asked'].tell({ byId, byName }),
    'voice:unheard'({ heard }) {
      isUnheard = !heard
      touch()
    },
    'voice:reaction': ({ userId, emoji }) => listeners.reaction.tell({ userId, emoji }),
  }
  const byName = handlers as Readonly<Record<string, ((data: unknown) => void) | undefined>>

  async function open(selfId: string): Promise<VoiceEngine> {
    const { createVoiceEngine } = await import('./voice-engine.ts')
    return createVoiceEngine({
      clock,
      device: options.device,
      random: options.random,
      line,
      selfId,
      preferences,
      mediaKey: options.mediaKey,
      self,
      maySpeak,
      participants,
      onJoined(joined: VoiceJoined) {
        hasPlace = true
        topology = joined.topology
        recording = joined.recording
        took(joined.participants)
      },
      onChange: touch,
      onCue: cue,
      onMuted: () => mute(true),
      onCameraFailed: (failure) => listeners['camera-failed'].tell(failureOf(failure)),
      onRefused: (refusal) => finish('failed', failureOf(refusal)),
      onNoKey: () => void leaving.say(),
    })
  }

  async function join(wishes: Parameters<VoiceHandle['join']>[0] = {}): Promise<void> {
    const selfId = options.selfId()
    if (phase === 'joining' || phase === 'in') return
    if (typeof RTCPeerConnection === 'undefined') {
      throw new ParleyError('MEDIA_UNAVAILABLE', 'This program cannot talk: use a browser that can.')
    }
    leaving.stop()
    phase = 'joining'
    error = null
    preferences.muted = wishes.muted ?? preferences.muted
    preferences.devices = { ...preferences.devices, ...wishes.devices }
    preferences.microphone = { ...preferences.microphone, ...wishes.microphone }
    listensOnly = wishes.listenOnly === true
    touch()
    try {
      if (selfId === null) throw new ParleyError('UNAVAILABLE', 'There is no connection to the server.')
      const mine = await open(selfId)
      if (phase !== 'joining') return mine.close()
      engine = mine
      await mine.join(wishes)
      if (engine !== mine) return
      phase = 'in'
      cue('joined')
      touch()
    } catch (failure) {
      const refusal = asParleyError(failure)
      if (phase === 'joining') finish('failed', failureOf(refusal))
      throw refusal
    }
  }

  function hint(): MicrophoneHint {
    if (engine === null || listensOnly || !maySpeak()) return 'none'
    switch (engine.trouble) {
      case 'blocked':
        return 'microphone-blocked'
      case 'missing':
        return 'no-microphone'
      default:
        if (engine.talkingWhileMuted && preferences.muted) return 'talking-while-muted'
        if (isUnheard && !preferences.muted) return 'unheard'
        return engine.trouble === 'lost' ? 'microphone-lost' : 'none'
    }
  }

  function viewSelf(): VoiceSelf {
    const known = self()
    return {
      muted: preferences.muted,
      hardMuted: known?.hardMuted ?? false,
      deafened: preferences.deafened,
      listenOnly: listensOnly || !maySpeak(),
      transmitting: engine?.transmitting ?? false,
      pressed: engine?.pressed ?? false,
      microphone: preferences.microphone,
      devices: preferences.devices,
      cameraOn: engine?.cameraOn ?? false,
      screenOn: engine?.screenOn ?? false,
      hand: (known?.hand ?? null) !== null,
      level: engine?.level ?? 0,
      hint: hint(),
    }
  }

  function viewPhase(): VoicePhase {
    return phase === 'in' && engine?.isHealthy === false ? 'reconnecting' : phase
  }

  function view(): VoiceSnapshot {
    const selfId = options.selfId()
    return {
      phase: viewPhase(),
      error,
      topology,
      participants: people.update(participants(), (userId) => ({
        speaking: levels.get(userId)?.speaking ?? false,
        level: levels.get(userId)?.level ?? 0,
        volume: preferences.volumes.get(userId) ?? 1,
        video: engine?.videosOf(userId) ?? [],
        hasAudio: engine?.hears(userId) ?? false,
        missingKey: engine?.lacksKeyOf(userId) ?? false,
        isSelf: userId === selfId,
      })),
      self: viewSelf(),
      recording,
      stage,
      isEncrypted: engine?.isEncrypted ?? false,
    }
  }

  function inVoice(): VoiceEngine {
    if (engine === null) throw new ParleyError('NOT_IN_ROOM', 'You are not in voice. Join first.')
    return engine
  }

  const ask: (...request: Parameters<VoiceLine['request']>) => Promise<void> = async (event, data) => {
    await line.request(event, data)
  }

  return {
    handle: {
      getSnapshot() {
        snapshot ??= view()
        return snapshot
      },
      subscribe: changed.add,
      on: (event, listener) => listeners[event].add(listener),
      join,
      async leave() {
        if (engine === null && phase !== 'joining') return
        finish('out', null)
        cue('left')
        await leaving.say()
      },
      setMuted: mute,
      setDeafened(deafened) {
        if (preferences.deafened === deafened) return
        preferences.deafened = deafened
        engine?.deafenChanged()
        touch()
      },
      setCamera: async (on) => inVoice().setCamera(on),
      setScreen: async (on) => inVoice().setScreen(on),
      press: (isDown) => engine?.press(isDown),
      async setMicrophone(settings) {
        const before = preferences.microphone
        preferences.microphone = { ...before, ...settings }
        touch()
        await engine?.microphoneChanged(before)
      },
      async setDevices(devices) {
        const before = preferences.devices
        preferences.devices = { ...before, ...devices }
        touch()
        await engine?.devicesChanged(before)
      },
      setVolume(userId, volume) {
        const bounded = Math.min(MAX_VOLUME, Math.max(0, volume))
        preferences.volumes.set(userId, bounded)
        engine?.setVolume(userId, bounded)
        touch()
      },
      setViews: (views) => engine?.setViews(views),
      raiseHand: (raised) => ask('voice:hand', { raised }),
      react: (emoji) => ask('voice:react', { emoji }),
      muteMember: (participantId, changes = {}) => ask('room:mute-member', { participantId, ...changes }),
      muteAll: (how = {}) => ask('room:mute-all', how),
      setStage: (stage) => ask('room:set-stage', { stage }),
      record: (on) => ask('room:record', { on }),
      iceServers: async () => ((await line.request('voice:ice-servers', {})) as VoiceJoined).iceServers,
      stats: async () => inVoice().stats(),
    },
    received: (event, data) => byName[event]?.(data),
    joined() {
      // After an interruption the list of members is newer than what voice last said.
      if (isAway && engine === null) told = null
      if (isAway && hasPlace) engine?.rejoin()
      isAway = false
      touch()
    },
    away() {
      isAway = true
      leaving.stop()
      engine?.lineDown()
      touch()
    },
    end(reason) {
      leaving.stop()
      if (engine !== null || phase === 'joining') finish(reason === null ? 'out' : 'failed', reason)
    },
  }
}
