import type { ConversationId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { ChangeConversation } from './change-conversation.ts'
import type { ConversationState } from './conversation.ts'
import { decideExpel } from './decide-moderation.ts'
import type { LifeService } from './life-service.ts'
import type { OperatorCommands } from './operator-commands.ts'
import { refusals } from './refusals.ts'
import { viewConversation, viewRoomMembers } from './snapshot.ts'

/** What whoever runs the server does about rooms. */
export function createOperatorService(
  { conversations, voice }: Pick<CorePorts, 'conversations' | 'voice'>,
  options: CoreOptions,
  change: ChangeConversation,
  endRoom: LifeService['end'],
): OperatorCommands {
  async function loadRoom(id: ConversationId): Promise<ConversationState> {
    return requireRoom(await conversations.load(id))
  }

  return {
    async listRooms(limit, cursor) {
      const page = await conversations.listRooms(limit, cursor)
      const rooms = page.rooms.map(({ conversation, members }) => {
        return { conversation: viewConversation(conversation, options), members }
      })
      return { rooms, cursor: page.cursor }
    },

    async inspectRoom(id) {
      const state = await loadRoom(id)
      return {
        conversation: viewConversation(state.conversation, options),
        members: viewRoomMembers(state, await voice.load(id)),
        waiting: state.conversation.waiting.map(({ userId, name }) => ({ userId, name })),
      }
    },

    async closeRoom(id) {
      const { members } = await loadRoom(id)
      await endRoom(id, members.keys(), 'operator')
    },

    async removeFromRoom(id, userId, ban) {
      await change(id, (state, now) => decideExpel(requireRoom(state), { userId, ban }, now, options))
    },
  }
}

function requireRoom(state: ConversationState | null): ConversationState {
  if (state?.conversation.kind !== 'room') throw refusals.notFound()
  return state
}
