import type { Caller, SessionCaller } from '../caller.ts'
import { requireOpen } from '../conversations/change-conversation.ts'
import type { ConversationState } from '../conversations/conversation.ts'
import type { KnownConversations } from '../conversations/known-conversations.ts'
import { requireMember } from '../conversations/rights.ts'
import type { Departure } from '../core.ts'
import type { SetDeadline } from '../deadlines/deadline-runner.ts'
import type { DeadlineHandlers } from '../deadlines/handle-by-kind.ts'
import { DomainError, isUnavailable } from '../errors.ts'
import type { ConversationId, SessionId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Deadline } from '../ports/deadline-store.ts'
import type { LeaseTrust } from '../presence/lease-trust.ts'
import { createChangeVoice } from './change-voice.ts'
import {
  decideEnd,
  decideFollow,
  decideHand,
  decideJoinVoice,
  decideLeaveVoice,
  decideMuted,
  decidePublish,
  decideQuality,
  decideStillGone,
  decideUnpublish,
  decideVoiceGone,
  requireInVoice,
} from './decide-voice.ts'
import { createLapsedPlaces, type LapsedPlaces } from './lapsed-places.ts'
import { createMediaEffects, seatOf } from './media-effects.ts'
import { createMediaListener } from './media-listener.ts'
import type { Voice, VoiceEndReason, VoiceParticipant } from './voice.ts'
import type { VoiceCommands, VoiceState } from './voice-commands.ts'
import { aboutOf, voiceGoneDeadline, voiceLookDeadline } from './voice-deadlines.ts'
import { createVoiceModeration } from './voice-moderation.ts'
import { endingAt, inVoice, onSession, unchanged } from './voice-people.ts'
import { voiceRefusals } from './voice-refusals.ts'

export interface VoiceService extends Omit<VoiceCommands, 'setStage'> {
  readonly deadlineHandlers: DeadlineHandlers
  /** The conversation's members, their roles, or its end changed. Never throws. */
  follow(state: ConversationState): Promise<void>
  /** The session is gone; the place is kept for a moment. Never throws. */
  sessionGone(caller: SessionCaller, conversationId: ConversationId, departure: Departure): Promise<void>
  /** None of the user's sessions is in the conversation: their node died. */
  dropAbsent(conversationId: ConversationId, userId: UserId): Promise<void>
  /** Runs a renewal of leases; whoever was put out of voice for want of theirs is in it again. See `LapsedPlaces`. */
  renewing: LapsedPlaces['renewing']
  /** The conversation is over. */
  end(conversationId: ConversationId, reason: VoiceEndReason): Promise<void>
  close(): void
}

/** Somebody whose session ended unnoted is put out of voice so soon after their lease has ended. */
const LOOKS_PER_LEASE = 3

/** Who is in the voice of conversations, and what they do there. What they send is the media plane's. */
export function createVoiceService(
  ports: CorePorts,
  options: CoreOptions,
  known: KnownConversations,
  setDeadline: SetDeadline,
  trust: LeaseTrust,
): VoiceService {
  const { conversations, voice: voices, media, presence, bus, clock, report } = ports
  const lookMs = options.presenceLeaseMs / LOOKS_PER_LEASE
  const effects = createMediaEffects(
    ports,
    (id, userId) => listener.forget(id, userId),
    (event) => listener.note(event),
    { mark: () => lapsed.mark(), whyOut: (...about) => lapsed.whyOut(...about) },
  )
  const change = createChangeVoice(ports, effects)
  const listener = createMediaListener(ports, options, change, setDeadline, effects.sessionsHere)
  const lookAfter = (id: ConversationId) => setDeadline(voiceLookDeadline(id, clock.now() + lookMs))
  const lapsed = createLapsedPlaces(ports, change, effects, lookAfter)
  const moderation = createVoiceModeration(ports, options, change)
  const capacity = (withVideo: boolean) => media.capacity(withVideo)

  async function load(caller: Caller, typedId: ConversationId): Promise<ConversationState> {
    const id = await known.resolve(typedId)
    const state = requireOpen(await conversations.load(id), clock.now())
    requireMember(state, caller.userId)
    return state
  }

  const joinVoice: VoiceCommands['joinVoice'] = async (caller, { conversationId, ...wishes }) => {
    const state = await load(caller, conversationId)
    const { id, encrypted, expiresAt } = state.conversation
    const member = requireMember(state, caller.userId)
    const elsewhere = await voices.placeOf(caller.sessionId)
    if (elsewhere !== null && elsewhere !== id) await leaveVoice(caller, { conversationId: elsewhere })
    const { sessionId, userId } = caller
    let isBack = false
    const joined = await change(
      id,
      (voice, now) => {
        isBack = onSession(voice, sessionId) !== undefined
        const decision = decideJoinVoice(voice, { ...wishes, member, sessionId }, capacity, now)
        return { ...decision, voice: { ...endingAt(decision.voice, expiresAt), isEncrypted: encrypted } }
      },
      // Others come to know when they can be heard.
      { isTold: false },
    )
    // Looked at from the first one on, until nobody is there.
    if (joined.participants.length === 1) await lookAfter(id)
    const legs = inVoice(joined, userId)?.legs
    try {
      await effects.connect(id, sessionId)
    } catch (error) {
      // Who was in voice stays in it, and is told when there are media again.
      if (!isBack || !isMediaUnavailable(error)) {
        await change(id, (voice) =>
          inVoice(voice, userId)?.legs === legs ? decideLeaveVoice(voice, sessionId) : unchanged(voice),
        )
      }
      throw error
    }
    await followNow(id)
    const latest = await voices.load(id)
    const self = onSession(latest, sessionId)
    if (self === undefined || self.goneSince !== null) {
      // Put out, or gone, while their media were made.
      await media.leave({ conversationId: id, userId, sessionId })
      throw voiceRefusals.notInVoice()
    }
    tellChanged(id)
    return { ...describe(latest, state), self, isEncrypted: encrypted }
  }

  /** Catches up with what happened before they were in voice: they may have been put out or made a listener, and the conversation extended. */
  async function followNow(id: ConversationId): Promise<void> {
    const state = await conversations.load(id)
    if (state === null) await end(id, 'expired')
    else await follow(state)
  }

  function tellChanged(conversationId: ConversationId): void {
    const event = { type: 'voice.changed', conversationId, at: clock.now() } as const
    bus.publish({ event, audience: { kind: 'topic' }, exceptSession: null })
  }

  const leaveVoice: VoiceCommands['leaveVoice'] = async ({ sessionId }, { conversationId }) => {
    // First: nobody tells them that they are out who leave themselves.
    const isCarried = effects.forsake(conversationId, sessionId)
    await change(conversationId, (voice) => decideLeaveVoice(voice, sessionId))
    lapsed.forget(sessionId)
    if (isCarried) await effects.look(conversationId)
  }

  const signalMedia: VoiceCommands['signalMedia'] = async (caller, { conversationId, to, signal }) => {
    const { voice, away } = await voiceOrSeen(conversationId)
    const self = requireInVoice(voice, caller)
    const other = to === null ? null : inVoice(voice, to)
    if (other === undefined || (other !== null && other.goneSince !== null)) throw voiceRefusals.otherNotInVoice()
    // Nobody on another node would hear it.
    if (away !== null && other !== null && !effects.sessionsHere(conversationId).includes(other.sessionId)) throw away
    await media.signal(seatOf(voice, self), signal, other && seatOf(voice, other))
  }

  /** While the store is away: as it was seen last, which nobody can have changed since. */
  async function voiceOrSeen(
    conversationId: ConversationId,
  ): Promise<{ readonly voice: Voice; readonly away: unknown }> {
    try {
      return { voice: await voices.load(conversationId), away: null }
    } catch (error) {
      const voice = effects.seenHere(conversationId)
      if (voice === null || !isUnavailable(error)) throw error
      return { voice, away: error }
    }
  }

  const reactInVoice: VoiceCommands['reactInVoice'] = async (caller, { conversationId, emoji }) => {
    requireInVoice(await voices.load(conversationId), caller)
    const event = { type: 'voice.reacted', conversationId, at: clock.now(), userId: caller.userId, emoji } as const
    bus.publish({ event, audience: { kind: 'topic' }, exceptSession: null })
  }

  const reportLevel: VoiceCommands['reportLevel'] = async (caller, { conversationId, isSpeaking, level }) => {
    const self = requireInVoice(await voices.load(conversationId), caller)
    if (media.topology === 'sfu') return
    listener.heard(conversationId, caller.userId, { isSpeaking: isSpeaking && !self.muted, level })
  }

  function describe({ participants, recording }: Voice, { conversation }: ConversationState): VoiceState {
    return { topology: media.topology, participants, recording, hasStage: conversation.hasStage }
  }

  const sessionGone: VoiceService['sessionGone'] = async ({ userId, sessionId }, id, departure) => {
    lapsed.forget(sessionId)
    const isCarried = effects.forsake(id, sessionId)
    try {
      // Whoever goes is rarely in voice, and is asked about here where one look is enough.
      if (onSession(await voices.load(id), sessionId) === undefined)
        return isCarried ? await effects.look(id) : undefined
      const state = await conversations.load(id)
      if (state === null) return await end(id, 'expired')
      if (!state.members.has(userId)) return await follow(state)
      const graceMs = departure === 'moves' ? options.moveGraceMs : options.voiceGraceMs
      // One time for both: at the deadline the grace is over, however long it took to set it.
      const goneAt = clock.now()
      await setDeadline(voiceGoneDeadline(sessionId, goneAt + graceMs))
      // Others see no change: they may be back at once.
      await change(id, (voice) => decideVoiceGone(voice, sessionId, goneAt), { isTold: false })
    } catch (error) {
      report?.(error)
      if (isCarried) await releaseStranger(userId, sessionId, id).catch((failure) => report?.(failure))
    }
  }

  /** Whoever was put out of a chat hears no more of it also while nobody can be put out of voice. */
  async function releaseStranger(userId: UserId, sessionId: SessionId, id: ConversationId): Promise<void> {
    const state = await conversations.load(id)
    if (state?.members.has(userId) !== true) await effects.release(id, sessionId)
  }

  async function stillGone({ key }: Deadline): Promise<void> {
    const sessionId = aboutOf(key)
    const id = await voices.placeOf(sessionId)
    if (id === null) return
    await change(id, (voice, now) => decideStillGone(voice, sessionId, now, options.voiceGraceMs))
  }

  /**
   * Puts out whose session has ended without anybody's noting it: its node was killed, or the store was away when the
   * line broke. Their user may be here with another session, and so not be missed.
   */
  async function lookForLost({ key }: Deadline): Promise<void> {
    const id = aboutOf(key)
    const { participants, endsAt } = await voices.load(id)
    if (participants.length === 0) return
    await lookAfter(id)
    // Nobody could be told, or an older node did not tell, that the conversation was extended.
    if (endsAt !== null && endsAt <= clock.now()) await followNow(id)
    // Their leases may have ended because nobody could renew any.
    if (!trust.isFair()) return
    const held = await Promise.all(participants.map(({ userId }) => presence.sessions(id, userId, clock.now())))
    const lost = participants.filter(
      ({ sessionId, goneSince }, index) => goneSince === null && !held[index]?.includes(sessionId),
    )
    if (lost.length === 0) return
    const isLost = (one: VoiceParticipant) => lost.some(({ sessionId }) => sessionId === one.sessionId)
    await change(id, (voice, now) => decideEnd(voice, 'unavailable', now, isLost))
  }

  async function follow(state: ConversationState): Promise<void> {
    try {
      await change(state.conversation.id, (voice) => decideFollow(voice, state))
    } catch (error) {
      report?.(error)
    }
  }

  async function dropAbsent(id: ConversationId, userId: UserId): Promise<void> {
    if (inVoice(await voices.load(id), userId) === undefined) return
    const online = await presence.online(id, clock.now())
    if (online.has(userId)) return
    await change(id, (voice, now) => decideEnd(voice, 'unavailable', now, (one) => one.userId === userId))
  }

  async function end(id: ConversationId, reason: VoiceEndReason): Promise<void> {
    await change(id, (voice, now) => {
      const { voice: ended, tell } = decideEnd(voice, reason, now)
      return { voice: ended.hardMuted.length === 0 ? ended : { ...ended, hardMuted: [] }, tell }
    })
    await media.close(id)
  }

  return {
    joinVoice,
    leaveVoice,
    async setMuted(caller, { conversationId, ...wish }) {
      await change(conversationId, (voice) => decideMuted(voice, caller, wish))
    },
    async publishMedia(caller, { conversationId, source }) {
      await change(conversationId, (voice) => decidePublish(voice, caller, source, capacity))
    },
    async unpublishMedia(caller, { conversationId, source }) {
      await change(conversationId, (voice) => decideUnpublish(voice, caller, source))
    },
    signalMedia,
    reportLevel,
    async raiseHand(caller, { conversationId, raised }) {
      await change(conversationId, (voice, now) => decideHand(voice, caller, raised, now))
    },
    reactInVoice,
    async reportQuality(caller, { conversationId, quality }) {
      await change(conversationId, (voice) => decideQuality(voice, caller, quality))
    },
    ...moderation,
    async voice(caller, conversationId) {
      const state = await load(caller, conversationId)
      return describe(await voices.load(state.conversation.id), state)
    },
    isInVoice: async (userId, conversationId) => inVoice(await voices.load(conversationId), userId) !== undefined,
    follow,
    renewing: lapsed.renewing,
    sessionGone,
    dropAbsent,
    end,
    deadlineHandlers: { 'voice-gone': stillGone, 'voice-look': lookForLost, 'voice-lost': listener.stillLost },
    close() {
      effects.close()
      listener.close()
    },
  }
}

function isMediaUnavailable(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'MEDIA_UNAVAILABLE'
}
