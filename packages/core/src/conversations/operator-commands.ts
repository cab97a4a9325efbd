import type { ConversationId, UserId } from '../ids.ts'
import type { ConversationView, MemberView } from './conversation-view.ts'

/** An open room in the operator's list. */
export interface RoomSummary {
  readonly conversation: ConversationView
  /** Seats that are taken, by people who are connected or not. */
  readonly members: number
}

/**
 * What whoever runs the server sees of rooms, and does about them. Nobody's rights in them are asked, and nothing
 * that was said in them is told. Rooms alone: for conversations that last the site has its own commands.
 */
export interface OperatorCommands {
  /** A page of open rooms, in no order, as `ConversationStore.listRooms` gives them. */
  listRooms(
    limit: number,
    cursor: string | null,
  ): Promise<{ readonly rooms: readonly RoomSummary[]; readonly cursor: string | null }>
  /** A room with everybody in it, and in its lobby. Throws `CONVERSATION_NOT_FOUND`. */
  inspectRoom(roomId: ConversationId): Promise<{
    readonly conversation: ConversationView
    readonly members: readonly MemberView[]
    readonly waiting: readonly { readonly userId: UserId; readonly name: string }[]
  }>
  /** Ends it as if its time were up: everybody is told and out. Throws `CONVERSATION_NOT_FOUND`. */
  closeRoom(roomId: ConversationId): Promise<void>
  /** Removes somebody as a host does, even the host, whose role passes on. Throws `CONVERSATION_NOT_FOUND`, `USER_NOT_FOUND`. */
  removeFromRoom(roomId: ConversationId, userId: UserId, ban: boolean): Promise<void>
}
