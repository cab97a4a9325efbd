import { asParleyError } from '../as-parley-error.ts'
import { askAgainAfterMs } from '../back-off.ts'
import { type Clock, createTimer } from '../clock.ts'
import { ParleyError } from '../parley-error.ts'
import type { MediaLegs, MediaLine, MediaProtection, RemoteTrack } from './media-legs.ts'
import { createMeshLegs } from './mesh-legs.ts'
import { createRelayRenewal } from './relay-renewal.ts'
import { createSfuLegs } from './sfu-legs.ts'
import type {
  ReceivedSignal,
  StreamSource,
  VoiceJoined,
  VoiceLine,
  VoiceParticipant,
  VoiceRequests,
  WantedVideo,
} from './voice-wire.ts'

export interface VoiceSessionOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly line: VoiceLine
  readonly selfId: string
  /** What we join with: muted or not, with a camera or not. */
  readonly wishes: () => VoiceRequests['voice:join']
  readonly iceTransportPolicy: () => RTCIceTransportPolicy | undefined
  readonly isMusic: () => boolean
  /** Encrypts media; `null`: we have no key. */
  readonly protection: () => Promise<MediaProtection | null>
  /** The server took us in, again perhaps; the legs are there. */
  readonly onJoined: (joined: VoiceJoined) => void
  /** The server won't have us back. */
  readonly onRefused: (error: ParleyError) => void
  /** The server took us in, and we can't be there without a key. */
  readonly onNoKey: () => void
  readonly onTrack: (remote: RemoteTrack) => void
  readonly onTrackGone: (remote: RemoteTrack) => void
  readonly onChange: () => void
}

/** Our place in voice and the media legs that belong to it: lost, they are made anew, and carry the same tracks. */
export interface VoiceSession {
  readonly topology: VoiceJoined['topology'] | null
  readonly isEncrypted: boolean
  /** Media passes, as far as is known. */
  readonly isHealthy: boolean
  lacksKeyOf(userId: string): boolean
  /** Rejects with `ParleyError`; later failures are tried again by themselves. */
  join(): Promise<void>
  /** Our legs are gone, or their server is: fresh ones. */
  rejoin(): void
  lineDown(): void
  send(source: StreamSource, track: MediaStreamTrack | null): Promise<void>
  signalled(signal: ReceivedSignal): void
  meet(participants: readonly VoiceParticipant[]): void
  want(videos: readonly WantedVideo[]): void
  retune(): Promise<void>
  hurry(): void
  lines(): readonly MediaLine[]
  close(): void
}

export function createVoiceSession(options: VoiceSessionOptions): VoiceSession {
  const { clock, line, onChange } = options
  const retry = createTimer(clock)
  const sending = new Map<StreamSource, MediaStreamTrack>()
  const missingKeys = new Set<string>()
  let legs: MediaLegs | null = null
  let configuration: RTCConfiguration = {}
  let protection: MediaProtection | null = null
  let topology: VoiceJoined['topology'] | null = null
  let isEncrypted = false
  let isLineUp = true
  let isJoining = false
  let mustRejoin = false
  let failures = 0
  let isClosed = false
  /** For the legs that we are about to get. */
  let early: ReceivedSignal[] = []

  function notify<E extends keyof VoiceRequests>(event: E, data: VoiceRequests[E]): void {
    line.send(event, data).catch(() => undefined)
  }

  const renewal = createRelayRenewal({
    clock,
    ask: async () => (await line.request('voice:ice-servers', {})) as VoiceJoined,
    use(iceServers) {
      // The same object that the legs have: connections that they make from now on begin with it.
      configuration.iceServers = [...iceServers]
      for (const { connection } of legs?.lines() ?? []) connection.setConfiguration(configuration)
      if (legs?.isHealthy === false) legs.hurry()
    },
  })

  async function enter(): Promise<void> {
    early = []
    const answer = (await line.request('voice:join', options.wishes())) as VoiceJoined
    if (isClosed) return
    // One that broke before we had asked is not the one that answers.
    isLineUp = true
    await protect(answer.e2ee)
    if (isClosed) return
    legs?.close()
    topology = answer.topology
    legs = createLegs(answer)
    renewal.given(answer)
    legs.meet(answer.participants)
    options.onJoined(answer)
    const signals = early
    early = []
    for (const signal of signals) legs.received(signal)
    for (const [source, track] of sending) {
      if (source !== 'screen-audio') notify('voice:publish', { source })
      void legs.publish(source, track)
    }
  }

  /** Without the key nothing may go out, nor may anything be played: it would be noise. */
  async function protect(mustEncrypt: boolean): Promise<void> {
    // With a key we encrypt whatever the server says.
    const mine = protection ?? (await options.protection())
    isEncrypted = mustEncrypt || mine !== null
    if (!isEncrypted || protection !== null) return
    if (isClosed) return mine?.close()
    protection = mine
    if (protection === null) {
      options.onNoKey()
      throw new ParleyError(
        'FORBIDDEN',
        'This room is encrypted, and you came without its key. Ask for the whole link.',
      )
    }
    protection.onState((userId, state) => {
      if (state === 'ok') missingKeys.delete(userId)
      else missingKeys.add(userId)
      onChange()
    })
  }

  function createLegs(answer: VoiceJoined): MediaLegs {
    const create = answer.topology === 'mesh' ? createMeshLegs : createSfuLegs
    const iceTransportPolicy = options.iceTransportPolicy()
    configuration = {
      iceServers: [...answer.iceServers],
      bundlePolicy: 'max-bundle',
      ...(iceTransportPolicy !== undefined && { iceTransportPolicy }),
      ...(protection?.needsEncodedInsertableStreams === true && { encodedInsertableStreams: true }),
    }
    return create({
      clock,
      selfId: options.selfId,
      configuration,
      protection,
      isMusic: options.isMusic,
      send: (signal) => line.send('voice:signal', signal),
      onTrack: options.onTrack,
      onTrackGone: options.onTrackGone,
      onHealth: onChange,
      onDead: rejoin,
    })
  }

  function rejoin(): void {
    if (isClosed) return
    isLineUp = true
    mustRejoin = isJoining
    if (isJoining) return
    isJoining = true
    retry.clear()
    onChange()
    enter()
      .then(() => {
        failures = 0
      }, refused)
      .finally(joined)
  }

  function joined(): void {
    isJoining = false
    onChange()
    if (mustRejoin) rejoin()
  }

  function refused(error: unknown): void {
    if (isClosed) return
    const failure = asParleyError(error)
    switch (failure.code) {
      case 'UNAVAILABLE':
      case 'MEDIA_UNAVAILABLE':
      case 'RATE_LIMITED':
      case 'NOT_IN_ROOM':
      case 'INTERNAL':
        failures += 1
        retry.set(askAgainAfterMs(failure, failures, options.random()), rejoin)
        break
      default:
        options.onRefused(failure)
    }
  }

  return {
    get topology() {
      return topology
    },
    get isEncrypted() {
      return isEncrypted
    },
    get isHealthy() {
      return isLineUp && !isJoining && !retry.isSet && (legs?.isHealthy ?? false)
    },
    lacksKeyOf: (userId) => missingKeys.has(userId),
    async join() {
      isJoining = true
      try {
        await enter()
      } finally {
        joined()
      }
    },
    rejoin,
    lineDown() {
      isLineUp = false
      retry.clear()
      onChange()
    },
    async send(source, track) {
      const wasOn = sending.has(source)
      const isOn = track !== null
      if (isOn) sending.set(source, track)
      else sending.delete(source)
      // A camera is announced before it is opened; whoever opens it hears the refusal.
      const mustTell = wasOn !== isOn && source !== 'screen-audio' && (source === 'mic' || !isOn)
      if (legs !== null && mustTell) notify(isOn ? 'voice:publish' : 'voice:unpublish', { source })
      await legs?.publish(source, track)
      onChange()
    },
    signalled(signal) {
      if (isJoining) early.push(signal)
      else legs?.received(signal)
    },
    meet: (participants) => legs?.meet(participants),
    want: (videos) => legs?.want(videos),
    retune: async () => legs?.retune(),
    hurry: () => legs?.hurry(),
    lines: () => legs?.lines() ?? [],
    close() {
      isClosed = true
      retry.clear()
      renewal.stop()
      legs?.close()
      legs = null
      protection?.close()
    },
  }
}
