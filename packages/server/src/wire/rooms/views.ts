import { type Member, type MemberView, type Message, NO_VOICE, type Preview, type Snapshot } from '@parley/core'
import type { rooms } from '@parley/protocol'

/** A member as the rooms wire shows one. */
export function participantView({
  member,
  online,
  voice,
}: Pick<MemberView, 'member' | 'online' | 'voice'>): rooms.Participant {
  const { userId, name, role, joinedAt } = member
  return { id: userId, name, role, joinedAt, online, voice }
}

/** A member known only from an event: present as long as nothing says otherwise. */
export function memberParticipant(member: Member): rooms.Participant {
  return participantView({ member, online: member.absentSince === null, voice: NO_VOICE })
}

/** A message as the rooms wire shows one, live, in snapshots and in history. */
export function messageView(message: Message): rooms.Message {
  return {
    id: message.id,
    ...(message.clientId === null ? {} : { clientId: message.clientId }),
    seq: message.seq,
    rev: message.rev,
    senderId: message.senderId,
    name: message.senderName,
    text: message.content,
    type: message.type,
    ...(message.replyTo === null ? {} : { replyTo: message.replyTo }),
    at: message.createdAt,
    ...(message.editedAt === null ? {} : { editedAt: message.editedAt }),
    ...(message.deletedAt === null ? {} : { deletedAt: message.deletedAt }),
    reactions: message.reactions as Record<string, string[]>,
  }
}

/** A room as its members see it, with its `participants` as they are shown. */
export function roomView(
  snapshot: Snapshot,
  participants: readonly rooms.Participant[] = snapshot.members.map(participantView),
): rooms.Room {
  return {
    ...conversationFields(snapshot.conversation),
    participants: participants as rooms.Participant[],
    messages: snapshot.messages.map(messageView),
    ...snapshot.position,
  }
}

/** A room as somebody in its lobby sees it: neither people nor messages. */
export function lobbyView(preview: Preview): rooms.Room {
  return { ...conversationFields(preview.conversation), participants: [], messages: [], epoch: '', rev: 0 }
}

function conversationFields(conversation: Preview['conversation']) {
  const { id, name, hostId, createdAt, maxParticipants, isLocked, hasPassword, hasLobby, encrypted } = conversation
  // Only rooms are spoken of on this wire, and every room ends.
  const expiresAt = conversation.expiresAt ?? Number.MAX_SAFE_INTEGER
  return { id, name, hostId, createdAt, expiresAt, maxParticipants, isLocked, hasPassword, hasLobby, encrypted }
}
