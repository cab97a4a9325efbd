import type { ConversationView, Member, MemberView, Message, Position } from '@parley/core'
import type { messenger } from '@parley/protocol'

/** Nobody is in voice before there are calls. */
const NO_VOICE = { joined: false, muted: false, speaking: false } as const

/** A member as the messenger wire shows one. */
export function memberView({ member, online }: MemberView): messenger.Member {
  const { userId, name, role, joinedAt } = member
  return { userId, name, role, joinedAt, online, status: online ? 'online' : 'offline', voice: NO_VOICE }
}

/** A member known only from an event: present as long as nothing says otherwise. */
export function joinedMemberView(member: Member): messenger.Member {
  return memberView({ member, online: member.absentSince === null })
}

/** A message as the messenger wire shows one, live, in snapshots and in history. */
export function messageView(message: Message): messenger.Message {
  return {
    id: message.id,
    chatId: message.conversationId,
    ...(message.clientId === null ? {} : { tempId: message.clientId }),
    seq: message.seq,
    rev: message.rev,
    senderId: message.senderId,
    senderName: message.senderName,
    encryptedContent: message.content,
    messageType: message.type,
    ...(message.replyTo === null ? {} : { replyToId: message.replyTo }),
    ...(message.metadata === null ? {} : { metadata: message.metadata as NonNullable<messenger.Message['metadata']> }),
    createdAt: message.createdAt,
    ...(message.editedAt === null ? {} : { editedAt: message.editedAt }),
    ...(message.deletedAt === null ? {} : { deletedAt: message.deletedAt }),
    reactions: message.reactions as Record<string, string[]>,
  }
}

/** A chat's settings. In the lobby nothing is known of its position. */
export function chatView(conversation: ConversationView, position: Position | null): messenger.Chat {
  const { id, kind, name, hostId, createdAt, maxParticipants, isLocked, hasPassword, hasLobby, encrypted } =
    conversation
  const { expiresAt, expiresAtMost } = conversation
  return {
    ...{ id, kind, name, hostId, createdAt, maxParticipants, isLocked, hasPassword, hasLobby, encrypted },
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(expiresAtMost === null ? {} : { expiresAtMost }),
    epoch: position?.epoch ?? '',
    rev: position?.rev ?? 0,
  }
}
