import type { ConversationId, UserId } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { MediaSeat } from '../ports/media-plane.ts'
import type { Voice, VoiceParticipant } from './voice.ts'
import { allowedMedia, inVoice, mayPublish } from './voice-people.ts'

/** Has the media follow who is in voice, and what they may send. Joining is not part of it: whoever joins waits for that. */
export interface MediaEffects {
  /** Never rejects: what the media server could not do now is reported. */
  follow(before: Voice, after: Voice): Promise<void>
}

/** `forget` is told of those by whom nothing that was heard so far goes any more. */
export function createMediaEffects(
  { media, report }: Pick<CorePorts, 'media' | 'report'>,
  forget: (conversationId: ConversationId, userId: UserId) => void,
): MediaEffects {
  async function tried(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      report?.(error)
    }
  }

  return {
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
          work.push(media.restrict(seatOf(after, next), allowedMedia(next)))
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
