import type { SetDeadline } from '../deadlines/deadline-runner.ts'
import type { DomainEvent } from '../events.ts'
import type { ConversationId, SessionId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Deadline } from '../ports/deadline-store.ts'
import type { MediaEvent } from '../ports/media-plane.ts'
import type { ChangeVoice } from './change-voice.ts'
import { decideEnd, decideSilence, decideSpeaking } from './decide-voice.ts'
import { createSpeakingPace, type SpeakingPace } from './speaking-pace.ts'
import { aboutOf, voiceLostDeadline } from './voice-deadlines.ts'
import { inVoice } from './voice-people.ts'

export interface MediaListener {
  readonly heard: SpeakingPace['heard']
  readonly forget: SpeakingPace['forget']
  /** What happens in the voice of a conversation whose media this node carries, on whichever node. */
  note(event: DomainEvent): void
  /** No media server came back in time. */
  stillLost(deadline: Deadline): Promise<void>
  close(): void
}

/**
 * Tells people what the media plane says: who speaks, what it wants of their browsers, and that it moved. Every node
 * speaks for those whose media it carries: `sessionsHere`.
 */
export function createMediaListener(
  { voice: voices, media, deadlines, bus, clock, report }: CorePorts,
  options: Pick<CoreOptions, 'voiceLostMs'>,
  change: ChangeVoice,
  setDeadline: SetDeadline,
  sessionsHere: (conversationId: ConversationId) => readonly SessionId[],
): MediaListener {
  const pace = createSpeakingPace(clock, (id, userId, speech, isTurn) => {
    void tellSpeaking(id, userId, speech, isTurn).catch((error) => report?.(error))
  })

  /** Listeners of this node are told within the call. */
  let isTelling = false

  async function tellSpeaking(
    conversationId: ConversationId,
    userId: UserId,
    { isSpeaking, level }: { readonly isSpeaking: boolean; readonly level: number },
    isTurn: boolean,
  ): Promise<void> {
    const voice = isTurn
      ? await change(conversationId, (current) => decideSpeaking(current, userId, isSpeaking), { isTold: false })
      : await voices.load(conversationId)
    const one = inVoice(voice, userId)
    if (one === undefined || one.speaking !== isSpeaking) return pace.ignore(conversationId, userId)
    isTelling = true
    bus.publish({
      event: { type: 'voice.speaking', conversationId, at: clock.now(), userId, isSpeaking, level },
      audience: { kind: 'topic' },
      exceptSession: null,
    })
    isTelling = false
  }

  async function moved(conversationId: ConversationId): Promise<void> {
    await deadlines.clear(voiceLostDeadline(conversationId, 0).key)
    await change(conversationId, decideSilence)
    pace.close(conversationId)
    bus.publish({
      event: { type: 'voice.moved', conversationId, at: clock.now() },
      audience: { kind: 'sessions', sessionIds: sessionsHere(conversationId) },
      exceptSession: null,
    })
  }

  async function lost(conversationId: ConversationId): Promise<void> {
    await setDeadline(voiceLostDeadline(conversationId, clock.now() + options.voiceLostMs))
    await change(conversationId, decideSilence)
    pace.close(conversationId)
  }

  async function heardAgain(conversationId: ConversationId, userId: UserId, isHeard: boolean): Promise<void> {
    const one = inVoice(await voices.load(conversationId), userId)
    if (one === undefined || (one.muted && !isHeard)) return
    bus.publish({
      event: { type: 'voice.heard', conversationId, at: clock.now(), isHeard },
      audience: { kind: 'sessions', sessionIds: [one.sessionId] },
      exceptSession: null,
    })
  }

  async function take(event: MediaEvent): Promise<void> {
    const { conversationId } = event
    switch (event.type) {
      case 'signal':
        bus.publish({
          event: {
            type: 'voice.signalled',
            conversationId,
            at: clock.now(),
            fromId: event.from,
            signal: event.signal,
          },
          audience: { kind: 'sessions', sessionIds: [event.sessionId] },
          exceptSession: null,
        })
        return
      case 'level':
        pace.heard(conversationId, event.userId, event)
        return
      case 'heard':
        return heardAgain(conversationId, event.userId, event.isHeard)
      case 'moved':
        return moved(conversationId)
      case 'lost':
        return lost(conversationId)
    }
  }

  media.onEvent((event) => void take(event).catch((error) => report?.(error)))

  return {
    heard: pace.heard,
    forget: pace.forget,
    note(event) {
      if (event.type === 'voice.speaking' && !isTelling) pace.rest(event.conversationId)
      // Told to the people of the node where it was noticed; whether it is so here is for this one to see.
      if (event.type === 'voice.moved') media.locate(event.conversationId).catch((error) => report?.(error))
    },
    async stillLost({ key }) {
      await change(aboutOf(key), (voice, now) => decideEnd(voice, 'unavailable', now))
    },
    close: pace.closeAll,
  }
}
