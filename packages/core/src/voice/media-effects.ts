import { createKeyedQueue } from '../conversations/keyed-queue.ts'
import type { ConversationId, SessionId, UserId } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { MediaSeat } from '../ports/media-plane.ts'
import type { Voice, VoiceParticipant } from './voice.ts'
import { type AllowedMedia, allowedMedia, inVoice, mayPublish, onSession } from './voice-people.ts'
import { voiceRefusals } from './voice-refusals.ts'

/** Has the media follow who is in voice, and what they may send. */
export interface MediaEffects {
  /** Fresh legs for whoever is in voice with this session, which let through what they may send by then. Throws what the plane throws, and `NOT_IN_ROOM`. */
  connect(conversationId: ConversationId, sessionId: SessionId): Promise<void>
  /** Never rejects: what the media server could not do now is reported. */
  follow(before: Voice, after: Voice): Promise<void>
}

/** `forget` is told of those by whom nothing that was heard so far goes any more. */
export function createMediaEffects(
  { voice: voices, media, report }: Pick<CorePorts, 'voice' | 'media' | 'report'>,
  forget: (conversationId: ConversationId, userId: UserId) => void,
): MediaEffects {
  // What a session's legs let through is set in turn, each time to how things stand by then.
  const enqueue = createKeyedQueue()

  async function enforce(conversationId: ConversationId, sessionId: SessionId, before?: AllowedMedia): Promise<void> {
    const voice = await voices.load(conversationId)
    const one = onSession(voice, sessionId)
    if (one === undefined || one.goneSince !== null) return
    const allowed = allowedMedia(one)
    if (before?.audio === allowed.audio && before.video === allowed.video) return
    await media.restrict(seatOf(voice, one), allowed)
  }

  async function tried(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      report?.(error)
    }
  }

  return {
    connect: (conversationId, sessionId) =>
      enqueue(sessionId, async () => {
        const voice = await voices.load(conversationId)
        const one = onSession(voice, sessionId)
        if (one === undefined) throw voiceRefusals.notInVoice()
        const seat = seatOf(voice, one)
        await media.join(seat)
        await enforce(conversationId, sessionId, { audio: seat.maySend, video: seat.maySend })
      }),

    async follow(before, after) {
      if (before === after) return
      const { conversationId } = after
      const work: Promise<void>[] = []
      for (const userId of heardAnew(before, after)) forget(conversationId, userId)
      for (const one of before.participants) {
        const next = inVoice(after, one.userId)
        if (one.goneSince !== null) continue
        if (next?.sessionId !== one.sessionId || next.goneSince !== null) {
          work.push(media.leave({ conversationId, userId: one.userId, sessionId: one.sessionId }))
        } else if (isOtherwiseAllowed(one, next)) {
          work.push(enqueue(one.sessionId, () => enforce(conversationId, one.sessionId)))
        }
      }
      if (before.recording !== null && after.recording === null) work.push(media.stopRecording(conversationId))
      await Promise.all(work.map(tried))
    },
  }
}

/** Those who came, went, muted themselves or unmuted: by what they were heard last nothing is to be judged. */
function heardAnew(before: Voice, after: Voice): UserId[] {
  const all = new Set([...before.participants, ...after.participants].map(({ userId }) => userId))
  return [...all].filter((userId) => {
    const [was, is] = [inVoice(before, userId), inVoice(after, userId)]
    return was?.legs !== is?.legs || was?.muted !== is?.muted || was?.goneSince !== is?.goneSince
  })
}

function isOtherwiseAllowed(before: VoiceParticipant, after: VoiceParticipant): boolean {
  const [was, is] = [allowedMedia(before), allowedMedia(after)]
  return was.audio !== is.audio || was.video !== is.video
}

export function seatOf({ conversationId, isEncrypted }: Voice, participant: VoiceParticipant): MediaSeat {
  const { userId, name, sessionId } = participant
  return { conversationId, userId, name, sessionId, maySend: mayPublish(participant), isEncrypted }
}
