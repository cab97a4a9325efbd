import type { ConversationId, Millis, UserId } from '../ids.ts'
import type { Clock } from '../ports/clock.ts'

/** At most five a second and conversation. */
const INTERVAL_MS = 200
/** Those who waited while another node told come before that one is due again. */
const TURN_MS = 180
/** A smaller change of somebody's level is not told. */
const LEVEL_STEP = 0.1

interface Speech {
  readonly isSpeaking: boolean
  /** 0–1 */
  readonly level: number
}

interface Pace {
  /** What was told last, of those who speak. */
  readonly told: Map<UserId, Speech>
  /** What is to be told, the longest waiting first. */
  readonly waiting: Map<UserId, Speech>
  /** People whose speaking is not told to others. */
  readonly ignored: Set<UserId>
  nextAt: Millis
  /** Has given way since it told last. */
  hasRested: boolean
  cancel: (() => void) | null
}

export interface SpeakingPace {
  heard(conversationId: ConversationId, userId: UserId, speech: Speech): void
  /** Nothing of them is told until they are forgotten: they are muted, or not in voice. */
  ignore(conversationId: ConversationId, userId: UserId): void
  /** What was heard of them so far is nothing to go by any more. */
  forget(conversationId: ConversationId, userId: UserId): void
  /** Another node has just told of somebody there: this one gives way once. */
  rest(conversationId: ConversationId): void
  /** Nobody is in voice there. */
  close(conversationId: ConversationId): void
  closeAll(): void
}

/** Tells of who speaks, seldom enough: that somebody began or stopped before how loud they are. */
export function createSpeakingPace(
  clock: Clock,
  tell: (conversationId: ConversationId, userId: UserId, speech: Speech, isTurn: boolean) => void,
): SpeakingPace {
  const paces = new Map<ConversationId, Pace>()

  function paceOf(id: ConversationId): Pace {
    const pace = paces.get(id) ?? {
      told: new Map(),
      waiting: new Map(),
      ignored: new Set(),
      nextAt: 0,
      hasRested: false,
      cancel: null,
    }
    paces.set(id, pace)
    return pace
  }

  const isTurn = ({ told }: Pace, userId: UserId, { isSpeaking }: Speech) => told.has(userId) !== isSpeaking

  function isNews(pace: Pace, userId: UserId, speech: Speech): boolean {
    if (isTurn(pace, userId, speech)) return true
    return speech.isSpeaking && Math.abs((pace.told.get(userId)?.level ?? 0) - speech.level) >= LEVEL_STEP
  }

  function schedule(id: ConversationId, pace: Pace): void {
    if (pace.cancel !== null || pace.waiting.size === 0) return
    pace.cancel = clock.schedule(Math.max(clock.now(), pace.nextAt), () => {
      pace.cancel = null
      if (clock.now() >= pace.nextAt) tellNext(id, pace)
      schedule(id, pace)
    })
  }

  function tellNext(id: ConversationId, pace: Pace): void {
    const waiting = [...pace.waiting]
    const next = waiting.find(([userId, speech]) => isTurn(pace, userId, speech)) ?? waiting[0]
    if (next === undefined) return
    const [userId, speech] = next
    const turned = isTurn(pace, userId, speech)
    pace.waiting.delete(userId)
    if (speech.isSpeaking) pace.told.set(userId, speech)
    else pace.told.delete(userId)
    pace.nextAt = clock.now() + INTERVAL_MS
    pace.hasRested = false
    tell(id, userId, speech, turned)
  }

  function forget(id: ConversationId, userId: UserId): void {
    const pace = paces.get(id)
    if (pace === undefined) return
    pace.waiting.delete(userId)
    pace.told.delete(userId)
    pace.ignored.delete(userId)
    // Nothing is kept of a conversation where nobody speaks: it may be over, and nobody would say so.
    if (pace.waiting.size + pace.told.size + pace.ignored.size === 0) close(id)
  }

  function close(id: ConversationId): void {
    paces.get(id)?.cancel?.()
    paces.delete(id)
  }

  return {
    heard(id, userId, speech) {
      const pace = paceOf(id)
      if (pace.ignored.has(userId)) return
      if (isNews(pace, userId, speech)) pace.waiting.set(userId, speech)
      else pace.waiting.delete(userId)
      schedule(id, pace)
    },
    ignore(id, userId) {
      const pace = paces.get(id)
      pace?.waiting.delete(userId)
      pace?.told.delete(userId)
      pace?.ignored.add(userId)
    },
    forget,
    rest(id) {
      const pace = paces.get(id)
      if (pace === undefined || pace.hasRested) return
      pace.nextAt = Math.max(pace.nextAt, clock.now() + TURN_MS)
      pace.hasRested = true
    },
    close,
    closeAll() {
      for (const id of [...paces.keys()]) close(id)
    },
  }
}
