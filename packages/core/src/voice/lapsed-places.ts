import { requireOpen } from '../conversations/change-conversation.ts'
import { isUnavailable } from '../errors.ts'
import type { SessionId } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Lease } from '../ports/presence-store.ts'
import type { ChangeVoice } from './change-voice.ts'
import { decideGiveBack, decideLeaveVoice, endedEvent } from './decide-voice.ts'
import type { KeptPlaces, MediaEffects } from './media-effects.ts'
import type { VoiceParticipant } from './voice.ts'
import { inVoice } from './voice-people.ts'

/**
 * Places in voice of people whose leases have ended while they lived, because their node could not reach the store.
 * Others may have put them out; with the lease they get their place back, and their media were never touched.
 */
export interface LapsedPlaces extends KeptPlaces {
  /**
   * Runs a renewal, which resolves with the leases that had ended. Rejects when the renewal does, and when a place can't
   * be given back: that is then done with the next one.
   */
  renewing(renew: () => Promise<readonly Lease[]>): Promise<void>
  /** The session has left, or is gone. */
  forget(sessionId: SessionId): void
}

type Ports = Pick<CorePorts, 'conversations' | 'presence' | 'media' | 'bus' | 'clock'>

export function createLapsedPlaces(
  { conversations, presence, media, bus, clock }: Ports,
  change: ChangeVoice,
  effects: Pick<MediaEffects, 'placeHere' | 'look'>,
  /** From now on it is looked whether everybody in the voice is still there. */
  watch: (conversationId: string) => Promise<void>,
): LapsedPlaces {
  const lapsed = new Map<SessionId, Lease>()
  let marks = 0
  let running = 0

  async function memberOf({ conversationId, userId }: Pick<Lease, 'conversationId' | 'userId'>) {
    const state = await conversations.load(conversationId)
    const member = state?.members.get(userId)
    return state === null || member === undefined ? null : { state, member }
  }

  async function giveBack(lease: Lease, place: VoiceParticipant): Promise<void> {
    const { conversationId, sessionId } = lease
    const known = await memberOf(lease)
    if (known === null) return
    const { conversation } = requireOpen(known.state, clock.now())
    const { encrypted: isEncrypted, expiresAt: endsAt } = conversation
    const about = { role: known.member.role, isEncrypted, endsAt }
    await watch(conversationId)
    let isBack = false
    await change(conversationId, (voice) => {
      const decision = decideGiveBack(voice, place, about, media.capacity)
      isBack = decision.voice !== voice
      return decision
    })
    if (!isBack) return
    if (!lapsed.has(sessionId)) {
      // They left meanwhile.
      await change(conversationId, (voice) => decideLeaveVoice(voice, sessionId))
    } else if (media.topology === 'mesh') {
      // The others have let go of their side of the lines between them.
      const event = { type: 'voice.moved', conversationId, at: clock.now() } as const
      bus.publish({ event, audience: { kind: 'sessions', sessionIds: [sessionId] }, exceptSession: null })
    }
  }

  async function giveBackAll(): Promise<void> {
    for (const lease of [...lapsed.values()]) {
      const { conversationId, sessionId } = lease
      const place = effects.placeHere(conversationId, sessionId)
      try {
        if (place !== null) await giveBack(lease, place)
      } catch (error) {
        if (isUnavailable(error)) throw error
        bus.publish(endedEvent(conversationId, { sessionId }, 'unavailable', clock.now()))
      }
      lapsed.delete(sessionId)
    }
  }

  return {
    async renewing(renew) {
      marks += 1
      running += 1
      const begunAt = new Set<string>()
      try {
        for (const lease of await renew()) lapsed.set(lease.sessionId, lease)
        for (const { conversationId } of lapsed.values()) begunAt.add(conversationId)
        await giveBackAll()
      } finally {
        marks += 1
        running -= 1
      }
      for (const conversationId of begunAt) await effects.look(conversationId)
    },

    mark: () => marks,

    async whyOut(voice, { userId, sessionId }, mark) {
      const { conversationId } = voice
      const isUnsettled = () => running > 0 || marks !== mark || lapsed.has(sessionId)
      if (inVoice(voice, userId) !== undefined) return 'elsewhere'
      if (isUnsettled()) return 'kept'
      const held = await presence.sessions(conversationId, userId, clock.now())
      const isStranger = (await memberOf({ conversationId, userId })) === null
      if (isUnsettled()) return 'kept'
      if (isStranger) return 'stranger'
      // Without a lease the renewal is still to come.
      return held.includes(sessionId) ? 'unavailable' : 'kept'
    },

    forget(sessionId) {
      lapsed.delete(sessionId)
    },
  }
}
