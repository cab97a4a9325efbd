import type { ConversationView, MemberView, Preview, Snapshot } from '../core.ts'
import type { CoreOptions } from '../options.ts'
import type { MessageStore } from '../ports/message-store.ts'
import { NO_VOICE, type Voice } from '../voice/voice.ts'
import { voiceMarks } from '../voice/voice-people.ts'
import type { Conversation, ConversationState } from './conversation.ts'
import { latestEnd } from './decide-moderation.ts'

type ViewOptions = Pick<CoreOptions, 'roomMaxMinutes' | 'snapshotMessages'>

export function viewConversation(conversation: Conversation, options: ViewOptions): ConversationView {
  const {
    id,
    kind,
    name,
    hostId,
    createdAt,
    expiresAt,
    maxParticipants,
    isLocked,
    hasLobby,
    hasStage,
    encrypted,
    retentionDays,
  } = conversation
  return {
    id,
    kind,
    name,
    hostId,
    createdAt,
    expiresAt,
    maxParticipants,
    isLocked,
    hasLobby,
    hasStage,
    encrypted,
    retentionDays,
    hasPassword: conversation.passwordHash !== null,
    expiresAtMost: latestEnd(conversation, options),
  }
}

/** The members of a room: online is who looks at it. */
export function viewRoomMembers(state: ConversationState, voice: Voice): MemberView[] {
  const marks = voiceMarks(voice)
  return Array.from(state.members.values(), (member) => ({
    member,
    online: member.absentSince === null,
    status: member.absentSince === null ? 'online' : 'offline',
    voice: marks.get(member.userId) ?? NO_VOICE,
  }))
}

export function viewPreview(state: ConversationState, options: ViewOptions): Preview {
  return { conversation: viewConversation(state.conversation, options), participants: state.members.size }
}

/** What a member sees at the state's position: messages sent since then are left to the events that tell of them. */
export async function readSnapshot(
  state: ConversationState,
  members: readonly MemberView[],
  messages: MessageStore,
  options: ViewOptions,
): Promise<Snapshot> {
  const { epoch, rev } = state
  const page = await messages.page(state.conversation.id, { before: rev + 1, limit: options.snapshotMessages })
  return {
    conversation: viewConversation(state.conversation, options),
    members,
    messages: page.messages,
    position: { epoch, rev },
  }
}
