import {
  type Call,
  type ConversationView,
  type Cursor,
  type EventOf,
  type MediaSignal,
  type MemberView,
  type Message,
  NO_VOICE,
  type Notification,
  type PersonStatus,
  type Position,
  type UserId,
} from '@parley/core'
import type { messenger } from '@parley/protocol'
import type { z } from 'zod'

/** A member as the messenger wire shows one. */
export function memberView({ member, online, status, voice }: MemberView): messenger.Member {
  const { userId, name, role, joinedAt } = member
  return { userId, name, role, joinedAt, online, status, voice }
}

/** A member known only from an event: in a room present as long as nothing says otherwise. */
export function joinedMemberView({ member, status: seenAs }: EventOf<'member.joined'>): messenger.Member {
  const status = seenAs ?? (member.absentSince === null ? 'online' : 'offline')
  return memberView({ member, online: status !== 'offline', status, voice: NO_VOICE })
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
  const { expiresAt, expiresAtMost, retentionDays } = conversation
  return {
    ...{ id, kind, name, hostId, createdAt, maxParticipants, isLocked, hasPassword, hasLobby, encrypted },
    ...(conversation.hasStage ? { hasStage: true } : {}),
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(expiresAtMost === null ? {} : { expiresAtMost }),
    ...(retentionDays === null ? {} : { retentionDays }),
    epoch: position?.epoch ?? '',
    rev: position?.rev ?? 0,
  }
}

/** How far members have got, by user id. */
export function cursorsView(cursors: ReadonlyMap<UserId, Cursor>): Record<string, { delivered: number; read: number }> {
  return Object.fromEntries(Array.from(cursors, ([userId, { delivered, read }]) => [userId, { delivered, read }]))
}

export function presenceView({ userId, status, customStatus, lastSeenAt }: PersonStatus): messenger.Presence {
  return { userId, status, ...(customStatus === null ? {} : { customStatus }), lastSeen: lastSeenAt ?? 0 }
}

export function notificationView(notification: Notification): messenger.Notification {
  const { id, kind, conversationId, messageId, seq, data, createdAt } = notification
  return {
    ...{ id, kind, data, createdAt },
    ...(conversationId === null ? {} : { chatId: conversationId }),
    ...(messageId === null ? {} : { messageId }),
    ...(seq === null ? {} : { seq }),
  }
}

/** A call without what its devices say to each other. */
export function callView(call: Call): messenger.Call {
  const { id, conversationId, callerId, media, state, parties, createdAt, answeredAt, endedAt, endReason } = call
  return {
    ...{ id, chatId: conversationId, callerId, type: media, state, createdAt },
    participants: parties.map((party) => ({ userId: party.userId, name: party.name, state: party.state })),
    ...(answeredAt === null ? {} : { answeredAt }),
    ...(endedAt === null ? {} : { endedAt }),
    ...(endReason === null ? {} : { endReason }),
  }
}

/** What one says to another about their media, as far as clients are told. */
export function signalView({ description, candidate, streams }: MediaSignal) {
  return {
    ...(description === undefined ? {} : { description }),
    ...(candidate === undefined ? {} : { candidate: json(candidate) }),
    ...(streams === undefined ? {} : { streams: [...streams] }),
  }
}

/** What one side says to the other came in as JSON, and was not looked into. */
export function json(said: unknown): z.core.util.JSONType {
  return said as z.core.util.JSONType
}
