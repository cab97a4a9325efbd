import type { MemberView } from '../core.ts'
import type { UserId } from '../ids.ts'
import type { PersonStatus } from '../people/user.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import { NO_VOICE } from '../voice/voice.ts'
import { voiceMarks } from '../voice/voice-people.ts'
import type { ConversationState } from './conversation.ts'
import { viewRoomMembers } from './snapshot.ts'

/**
 * The members as others see them now. Online is, in a room, whoever looks at it; in a conversation that lasts, whoever is
 * connected and wants to be seen.
 */
export type ViewMembers = (state: ConversationState) => Promise<readonly MemberView[]>

export function createViewMembers(
  { voice: voices }: Pick<CorePorts, 'voice'>,
  describe: (userIds: readonly UserId[]) => Promise<ReadonlyMap<UserId, PersonStatus>>,
): ViewMembers {
  return async (state) => {
    const voice = await voices.load(state.conversation.id)
    if (state.conversation.kind === 'room') return viewRoomMembers(state, voice)
    const people = await describe([...state.members.keys()])
    const marks = voiceMarks(voice)
    return Array.from(state.members.values(), (member) => {
      const status = people.get(member.userId)?.status ?? 'offline'
      return { member, online: status !== 'offline', status, voice: marks.get(member.userId) ?? NO_VOICE }
    })
  }
}

/** The members, all of them offline and out of voice: for conversations too large for presence, and for when nobody can say. */
export function viewMembersUnseen(state: ConversationState): readonly MemberView[] {
  return Array.from(state.members.values(), (member) => ({
    member,
    online: false,
    status: 'offline',
    voice: NO_VOICE,
  }))
}
