import { requireOpen } from '../conversations/change-conversation.ts'
import type { ConversationState } from '../conversations/conversation.ts'
import type { ConversationId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { ChangeVoice } from './change-voice.ts'
import { decideMuteAll, decideMuteMember, decideRecord } from './decide-voice-moderation.ts'
import type { VoiceCommands } from './voice-commands.ts'

/** What host and moderators do about voice. */
export function createVoiceModeration(
  { conversations, media, clock }: Pick<CorePorts, 'conversations' | 'media' | 'clock'>,
  options: Pick<CoreOptions, 'allowsRecording'>,
  change: ChangeVoice,
): Pick<VoiceCommands, 'muteMember' | 'muteAll' | 'record'> {
  async function load(id: ConversationId): Promise<ConversationState> {
    return requireOpen(await conversations.load(id), clock.now())
  }

  return {
    async muteMember({ userId: byId }, { conversationId, userId, muted, hard }) {
      const state = await load(conversationId)
      await change(conversationId, (voice, now) => decideMuteMember(voice, state, { byId, userId, muted, hard }, now))
    },

    async muteAll({ userId: byId }, { conversationId, hard }) {
      const state = await load(conversationId)
      await change(conversationId, (voice) => decideMuteAll(voice, state, { byId, hard }))
    },

    async record({ userId: byId }, { conversationId, on }) {
      const state = await load(conversationId)
      // Told before anything is recorded; that it ends follows from the change.
      const { recording } = await change(conversationId, (voice, now) =>
        decideRecord(voice, state, { byId, on }, options, now),
      )
      if (!on || recording === null) return
      try {
        await media.startRecording(conversationId)
      } catch (error) {
        await change(conversationId, (voice) => ({ voice: { ...voice, recording: null }, tell: [] }))
        throw error
      }
    },
  }
}
