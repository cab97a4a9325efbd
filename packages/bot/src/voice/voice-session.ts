import { setTimeout as delay } from 'node:timers/promises'
import { type ParleyClient, ParleyError } from '@parley/client'
import { mayAskAgain } from '@parley/client/may-ask-again'
import { iceServersOf } from './ice-servers.ts'
import { createMeshLegs } from './mesh-legs.ts'
import { createSfuLegs } from './sfu-legs.ts'
import { createSpeaker, type PlayOptions } from './speaker.ts'
import { createSpeechDetector, meterOf } from './speech-detector.ts'
import type { SpokenTrack } from './spoken-track.ts'
import type { HeardPacket, SpokenPacket, VoiceLegs } from './voice-legs.ts'
import type { TheirSignal, VoiceEndReason, VoiceJoined, VoiceParticipant } from './voice-wire.ts'
import type { WebRtc } from './webrtc.ts'

export interface VoiceSessionOptions {
  readonly client: Pick<ParleyClient, 'wire' | 'getState' | 'subscribe'>
  readonly chatId: string
  readonly selfId: string
  readonly rtc: WebRtc
  /** Sends nothing: others see it as a listener. */
  readonly listenOnly: boolean
  readonly onPacket: (heard: HeardPacket) => void
  readonly onParticipants: (participants: readonly VoiceParticipant[]) => void
  /** Somebody asked us to unmute. */
  readonly onUnmuteAsked: (byName: string) => void
  /** It is over, by no wish of ours. */
  readonly onEnded: (reason: VoiceEndReason) => void
  /** It is over, whoever ended it. */
  readonly onClosed: () => void
}

/** A stay in one chat's voice: kept up over cuts and moves of the media server until it is disposed of. */
export interface VoiceSession extends AsyncDisposable {
  /** True from the moment that `onClosed` is told, which may be before the session is in anybody's hands. */
  readonly isOver: boolean
  readonly topology: 'mesh' | 'sfu'
  readonly isEncrypted: boolean
  readonly participants: readonly VoiceParticipant[]
  /** Times that media had to begin anew. */
  readonly rejoins: number
  readonly isConnected: boolean
  inbound(): ReturnType<VoiceLegs['inbound']>
  uplinks(): ReturnType<VoiceLegs['uplinks']>
  setMuted(muted: boolean): Promise<void>
  /** Unmutes for as long as the track sounds. Resolves at its end. */
  play(track: SpokenTrack, options?: PlayOptions): Promise<void>
}

const REPORT_MS = 1000
const CONNECT_POLL_MS = 20
const CONNECT_MS = 10_000
const FIRST_RETRY_MS = 300
const LAST_RETRY_MS = 10_000
/** Voice may come back by itself after these; after others it does not. */
const PASSING: readonly string[] = ['UNAVAILABLE', 'MEDIA_UNAVAILABLE', 'RATE_LIMITED', 'NOT_IN_ROOM', 'INTERNAL']

/**
 * Joins voice. Rejects with `ParleyError` when the server does not let us. What ends the stay may be on its heels:
 * look at `isOver` before anything is begun that `onClosed` is to end.
 */
export async function openVoiceSession(options: VoiceSessionOptions): Promise<VoiceSession> {
  const { client, chatId, selfId, rtc, listenOnly } = options
  const ending = new AbortController()
  const ownSpeech = createSpeechDetector()
  let legs: VoiceLegs | null = null
  let joined: VoiceJoined | null = null
  let participants: readonly VoiceParticipant[] = []
  let isMuted = true
  let wasSpeaking = false
  let rejoins = -1
  /** Raised with each join: what belongs to an earlier one is not listened to. */
  let run = 0
  /** Signals that came before the legs that they are for. */
  let early: TheirSignal[] = []
  let isRejoining = false

  const speaker = createSpeaker(send)
  const reports = setInterval(() => legs?.report(speaker.mediaTime), REPORT_MS)

  function send(spoken: SpokenPacket): void {
    legs?.send(spoken)
    if (joined?.topology !== 'mesh') return
    // Without a media server nobody else measures what we say.
    const now = performance.now()
    ownSpeech.hear(spoken.level, now)
    const speaking = ownSpeech.isSpeaking(now)
    if (speaking === wasSpeaking) return
    wasSpeaking = speaking
    const level = speaking ? meterOf(ownSpeech.levelDb(now)) : 0
    client.wire.request('voice:speaking', { chatId, speaking, level }).catch(() => undefined)
  }

  async function join(): Promise<void> {
    run += 1
    const mine = run
    legs?.[Symbol.dispose]()
    legs = null
    early = []
    const answer = await client.wire.request('voice:join', { chatId, muted: isMuted, video: false, listenOnly })
    if (mine !== run) return
    joined = answer as VoiceJoined
    const self = joined.participants.find(({ userId }) => userId === selfId)
    const maySend = !(self?.listenOnly ?? listenOnly)
    if (maySend) client.wire.request('voice:publish', { chatId, source: 'mic' }).catch(() => undefined)
    const create = joined.topology === 'sfu' ? createSfuLegs : createMeshLegs
    legs = create({
      rtc,
      selfId,
      iceServers: iceServersOf(joined.iceServers),
      maySend,
      signal: async (signal) => {
        if (mine === run) await client.wire.request('voice:signal', { chatId, ...signal })
      },
      onPacket: options.onPacket,
      onDead: () => mine === run && rejoin(),
    })
    rejoins += 1
    tellParticipants(joined.participants)
    legs.meet(participants, rejoins > 0)
    for (const signal of early.splice(0)) legs.receive(signal)
  }

  /** Joins again until it works, later and later. */
  function rejoin(): void {
    if (isRejoining || ending.signal.aborted) return
    isRejoining = true
    void (async () => {
      for (let waitMs = 0; !ending.signal.aborted; waitMs = Math.min(LAST_RETRY_MS, waitMs * 2 || FIRST_RETRY_MS)) {
        try {
          if (waitMs > 0) await delay(waitMs, undefined, { signal: ending.signal })
          await join()
          break
        } catch (error) {
          const isPassing = error instanceof ParleyError && PASSING.includes(error.code)
          if (!isPassing) end('unavailable')
        }
      }
    })().finally(() => {
      isRejoining = false
    })
  }

  function end(reason: VoiceEndReason): void {
    if (ending.signal.aborted) return
    close()
    options.onEnded(reason)
  }

  function close(): void {
    ending.abort()
    run += 1
    clearInterval(reports)
    speaker[Symbol.dispose]()
    legs?.[Symbol.dispose]()
    legs = null
    unlisten()
    unsubscribe()
    options.onClosed()
  }

  function tellParticipants(next: readonly VoiceParticipant[]): void {
    participants = next
    options.onParticipants(next)
  }

  function received(name: string, data: VoiceEvent): void {
    if (data.chatId !== chatId) return
    switch (name) {
      case 'voice:state':
        tellParticipants(data.participants ?? [])
        legs?.meet(participants, false)
        break
      case 'voice:signal':
        if (legs === null) early.push(data)
        else legs.receive(data)
        break
      case 'voice:moved':
        rejoin()
        break
      case 'voice:ended':
        if (data.reason === 'unavailable') rejoin()
        else end(data.reason ?? 'left')
        break
      case 'voice:unmute-asked':
        options.onUnmuteAsked(data.byName ?? '')
        break
    }
  }

  /** Until the server has it; a line that breaks takes our place along. */
  async function leave(): Promise<void> {
    for (let waitMs = FIRST_RETRY_MS; client.getState().status === 'online'; waitMs *= 2) {
      try {
        await client.wire.request('voice:leave', { chatId })
        return
      } catch (error) {
        if (!mayAskAgain(error) || waitMs > LAST_RETRY_MS) return
        await delay(waitMs)
      }
    }
  }

  let isUp = client.getState().status === 'online'
  const unsubscribe = client.subscribe(() => {
    const wasUp = isUp
    isUp = client.getState().status === 'online'
    // The place was kept for the line that broke; the new one takes it over.
    if (isUp && !wasUp) rejoin()
  })
  const unlisten = client.wire.onEvent(({ name, data }) => {
    if (name.startsWith('voice:')) received(name, data as VoiceEvent)
  })

  async function setMuted(muted: boolean): Promise<void> {
    isMuted = muted
    await client.wire.request('voice:mute', { chatId, muted })
  }

  async function whenConnected(signal: AbortSignal | undefined): Promise<void> {
    const until = performance.now() + CONNECT_MS
    while (!legs?.isConnected && performance.now() < until && !signal?.aborted) await delay(CONNECT_POLL_MS)
  }

  try {
    await join()
  } catch (error) {
    close()
    throw error
  }
  return {
    get isOver() {
      return ending.signal.aborted
    },
    get topology() {
      return joined?.topology ?? 'sfu'
    },
    get isEncrypted() {
      return joined?.e2ee ?? false
    },
    get participants() {
      return participants
    },
    get rejoins() {
      return Math.max(0, rejoins)
    },
    get isConnected() {
      return legs?.isConnected ?? false
    },
    inbound: () => legs?.inbound() ?? [],
    uplinks: () => legs?.uplinks() ?? [],
    setMuted,
    async play(track, playOptions = {}) {
      await whenConnected(playOptions.signal)
      await setMuted(false)
      try {
        await speaker.play(track, playOptions)
      } finally {
        if (!ending.signal.aborted) await setMuted(true)
      }
    },
    async [Symbol.asyncDispose]() {
      if (ending.signal.aborted) return
      close()
      await leave()
    },
  }
}

interface VoiceEvent extends TheirSignal {
  readonly chatId: string
  readonly participants?: readonly VoiceParticipant[]
  readonly reason?: VoiceEndReason
  readonly byName?: string
}
