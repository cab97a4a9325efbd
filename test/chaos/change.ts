import type { messenger, rooms, site } from '@parley/protocol'

export interface Position {
  readonly epoch: string
  readonly rev: number
}

/** A durable change as every wire tells it, without what differs between them. */
export interface Change {
  readonly rev: number
  readonly kind: 'said' | 'edited' | 'deleted' | 'reacted' | 'unreacted' | 'came' | 'went' | 'settings'
  /** The server's; `null` where it is about no message. */
  readonly messageId: string | null
  /** Who did it or, where somebody came or went, who that is; `null` where a wire does not say. */
  readonly userId: string | null
  /** The text of a message that was sent or edited. */
  readonly text: string | null
  /** The sender's own id of a message that was sent. */
  readonly clientId: string | null
}

/** A change, and where it happened. */
export interface Told {
  readonly conversationId: string
  readonly change: Change
}

const NOTHING = { messageId: null, userId: null, text: null, clientId: null } as const

export function messengerChange(event: string, data: unknown): Told | null {
  const { chatId: conversationId, rev } = data as { chatId: string; rev?: number }
  if (rev === undefined) return null
  const told = (change: Omit<Change, 'rev' | keyof typeof NOTHING> & Partial<Change>): Told => ({
    conversationId,
    change: { ...NOTHING, rev, ...change },
  })
  switch (event as messenger.DurableEvent) {
    case 'message:new':
    case 'message:updated': {
      const { id, senderId, encryptedContent: text, tempId, deletedAt } = data as messenger.Message
      if (event === 'message:new') {
        return told({ kind: 'said', messageId: id, userId: senderId, text, clientId: tempId ?? null })
      }
      return told({ kind: deletedAt === undefined ? 'edited' : 'deleted', messageId: id, text })
    }
    case 'reaction:new':
    case 'reaction:removed': {
      const { messageId, userId } = data as messenger.ServerData<'reaction:new'>
      return told({ kind: event === 'reaction:new' ? 'reacted' : 'unreacted', messageId, userId })
    }
    case 'chat:member-joined':
    case 'chat:member-left': {
      const { userId } = data as messenger.ServerData<'chat:member-left'>
      return told({ kind: event === 'chat:member-joined' ? 'came' : 'went', userId })
    }
    case 'chat:updated':
      return told({ kind: 'settings' })
    default:
      return null
  }
}

/** What an event of the site wire or of the poll tells; `null` for what is not durable. */
export function siteChange(event: string, data: unknown): Told | null {
  const { conversationId, rev } = data as { conversationId: string; rev?: number }
  if (rev === undefined) return null
  const told = (change: Omit<Change, 'rev' | keyof typeof NOTHING> & Partial<Change>): Told => ({
    conversationId,
    change: { ...NOTHING, rev, ...change },
  })
  switch (event as site.DurableEvent) {
    case 'message:new':
    case 'message:updated': {
      const { id, userId, text, messageId: clientId, deletedAt } = data as site.Message
      if (event === 'message:new') return told({ kind: 'said', messageId: id, userId, text, clientId })
      return told({ kind: deletedAt === undefined ? 'edited' : 'deleted', messageId: id, text })
    }
    case 'message:reaction': {
      const { id, userId, action } = data as site.ServerData<'message:reaction'>
      return told({ kind: action === 'added' ? 'reacted' : 'unreacted', messageId: id, userId })
    }
    case 'user:joined':
    case 'user:left':
      return told({ kind: event === 'user:joined' ? 'came' : 'went', userId: (data as { userId: string }).userId })
    case 'conversation:updated':
      return told({ kind: 'settings' })
    default:
      return null
  }
}

export function roomsChange(frame: rooms.RoomEvent): Told | null {
  if (!('rev' in frame)) return null
  const { roomId: conversationId, rev } = frame
  const told = (change: Omit<Change, 'rev' | keyof typeof NOTHING> & Partial<Change>): Told => ({
    conversationId,
    change: { ...NOTHING, rev, ...change },
  })
  switch (frame.event) {
    case 'message': {
      const { id: messageId, senderId: userId, text, clientId = null } = frame.message
      return told({ kind: 'said', messageId, userId, text, clientId })
    }
    case 'message_edited':
      return told({ kind: 'edited', messageId: frame.message.id, text: frame.message.text })
    case 'message_deleted':
      return told({ kind: 'deleted', messageId: frame.messageId })
    case 'reaction': {
      const { messageId, participantId: userId, action } = frame
      return told({ kind: action === 'added' ? 'reacted' : 'unreacted', messageId, userId })
    }
    case 'participant_joined':
      return told({ kind: 'came', userId: frame.participant.id })
    case 'participant_left':
      return told({ kind: 'went', userId: frame.participantId })
    default:
      return told({ kind: 'settings' })
  }
}

export const describeChange = ({ kind, messageId, userId, text }: Change): string =>
  [kind, messageId, userId && `by ${userId}`, text && JSON.stringify(text)].filter(Boolean).join(' ')
