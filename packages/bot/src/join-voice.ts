import type { ChatHandle, ParleyClient } from '@parley/client'
import { BotError } from './bot-error.ts'
import type { BotEvents } from './bot-events.ts'
import type { EventHub } from './event-hub.ts'
import { createVoiceWatch } from './monitor/voice-watch.ts'
import { openVoiceSession, type VoiceSession } from './voice/voice-session.ts'
import type { VoiceParticipant } from './voice/voice-wire.ts'
import { loadWebRtc } from './voice/webrtc.ts'

export interface JoinVoiceOptions {
  readonly client: ParleyClient
  /** Joined. */
  readonly chat: ChatHandle
  readonly hub: EventHub<BotEvents>
  readonly mode: 'listen' | 'measure' | 'speak'
  readonly isEncrypted: boolean
}

const TICK_MS = 100
const MEASURE_EVERY_TICKS = 10

/** Joins the voice of a chat and tells of all that is heard. Rejects with `BotError` or `ParleyError`. */
export async function joinVoice({ client, chat, hub, mode, isEncrypted }: JoinVoiceOptions): Promise<VoiceSession> {
  if (isEncrypted && mode === 'speak') {
    throw new BotError('encrypted', 'The room is encrypted. A bot can’t speak in it; it can measure who speaks.')
  }
  const snapshot = chat.getSnapshot()
  const selfId = snapshot.selfId ?? ''
  const watch = createVoiceWatch({
    selfId,
    onSpeaking: ({ userId, name }, isSpeaking) => hub.tell('speaking', { userId, name, isSpeaking, at: Date.now() }),
  })
  let known: readonly VoiceParticipant[] = []
  let ticking: NodeJS.Timeout | null = null
  const session = await openVoiceSession({
    client,
    chatId: snapshot.chat?.id ?? chat.chatId,
    selfId,
    rtc: await loadWebRtc(),
    listenOnly: mode === 'listen' || isEncrypted,
    onPacket(heard) {
      watch.hear(heard)
      hub.tell('packet', heard)
    },
    onParticipants(participants) {
      const before = known
      known = participants.filter(({ userId }) => userId !== selfId)
      watch.setParticipants(participants, performance.now())
      for (const one of without(known, before)) hub.tell('voice-joined', one)
      for (const one of without(before, known)) hub.tell('voice-left', one)
    },
    onUnmuteAsked: (byName) => hub.tell('unmute-asked', { byName }),
    onEnded: (reason) => hub.tell('voice-ended', { reason }),
    onClosed() {
      if (ticking !== null) clearInterval(ticking)
    },
  })
  if (session.isOver) return session
  let ticks = 0
  ticking = setInterval(() => {
    const now = performance.now()
    watch.tick(now)
    ticks += 1
    if (ticks % MEASURE_EVERY_TICKS === 0) hub.tell('measured', watch.measure(session, now))
  }, TICK_MS)
  return session
}

const without = (these: readonly VoiceParticipant[], those: readonly VoiceParticipant[]): VoiceParticipant[] =>
  these.filter(({ userId }) => !those.some((other) => other.userId === userId))
