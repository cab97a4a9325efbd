import type { Chat, Member, Message, Notification } from '@parley/protocol/messenger'
import type { ConversationSummary } from '@parley/protocol/site'
import { ParleyError } from '../parley-error.ts'
import type { JoinView } from '../replica.ts'
import type { Change } from '../sequencer.ts'
import { NO_VOICE, toSiteMessage } from '../site-messages.ts'

const SNAPSHOT_MESSAGES = 50

interface Held {
  readonly id: string
  name: string
  readonly epoch: string
  readonly userIds: readonly string[]
  messages: Message[]
  readonly changes: Change[]
  readonly read: Map<string, number>
  activeAt: number
}

/** Something that the site tells of: a change that is stored, or how far somebody has got. */
export type SiteNews =
  | { readonly kind: 'change'; readonly chatId: string; readonly change: Change }
  | { readonly kind: 'read'; readonly chatId: string; readonly userId: string; readonly message: Message }
  | PersonNews

/** What is told to a person and in no conversation. */
type PersonNews =
  | { readonly kind: 'notification'; readonly notification: Notification }
  | { readonly kind: 'cleared'; readonly ids: readonly string[] }

/** What the database of a site holds, whichever way it is reached. */
export interface ModelSite {
  readonly ids: readonly string[]
  /** Conversations that the one of whom the test is is not in: they are not listed, and can't be joined. */
  readonly outside: Set<string>
  /** Everything that happened, in order; a poll's cursor is a place in it. */
  readonly log: readonly Exclude<SiteNews, PersonNews>[]
  /** Told of each as it happens. */
  onNews: (news: SiteNews) => void
  messages(chatId: string): readonly Message[]
  name(chatId: string): string
  members(chatId: string): readonly Member[]
  cursors(chatId: string): Record<string, { delivered: number; read: number }>
  rev(chatId: string): number
  /** The same `tempId` of the same sender again sends nothing. */
  send(chatId: string, senderId: string, tempId: string, content: string): { message: Message; duplicate: boolean }
  edit(chatId: string, index: number): void
  /** By their author; `null`: it is deleted. Gives the message as it stands; `null` when there is none to change. */
  change(chatId: string, messageId: string, content: string | null): Message | null
  react(chatId: string, messageId: string, userId: string, emoji: string, on: boolean): void
  /** What waits for the one of whom the test is. */
  readonly notifications: readonly Notification[]
  notify(id: string): void
  /** `null`: all. */
  clear(id: string | null): void
  rename(chatId: string, name: string): void
  markRead(chatId: string, userId: string, messageId: string): void
  join(chatId: string, since: { readonly epoch: string; readonly rev: number } | null): JoinView
  summary(chatId: string, userId: string): ConversationSummary
}

export function createModelSite(
  now: () => number,
  conversations: Readonly<Record<string, readonly string[]>>,
): ModelSite {
  const log: Exclude<SiteNews, PersonNews>[] = []
  let notifications: readonly Notification[] = []
  const held = new Map(
    Object.entries(conversations).map(([id, userIds]): [string, Held] => [
      id,
      { id, name: id, epoch: `e-${id}`, userIds, messages: [], changes: [], read: new Map(), activeAt: now() },
    ]),
  )
  const get = (id: string): Held => {
    const found = held.get(id)
    if (found === undefined) throw new Error(`no conversation ${id}`)
    return found
  }

  function tell(news: SiteNews): void {
    if ('chatId' in news) log.push(news)
    site.onNews(news)
  }

  function commit(conversation: Held, change: Change): void {
    conversation.changes.push(change)
    tell({ kind: 'change', chatId: conversation.id, change })
  }

  const memberOf = (userId: string): Member => ({
    userId,
    name: `Name ${userId}`,
    role: 'speaker',
    joinedAt: 1,
    online: true,
    status: 'online',
    voice: NO_VOICE,
  })

  const site: ModelSite = {
    ids: [...held.keys()],
    outside: new Set(),
    log,
    onNews: () => undefined,
    messages: (id) => get(id).messages,
    name: (id) => get(id).name,
    members: (id) => get(id).userIds.map(memberOf),
    cursors: (id) =>
      Object.fromEntries([...get(id).read].map(([userId, seq]) => [userId, { delivered: seq, read: seq }])),
    rev: (id) => get(id).changes.length,
    send(chatId, senderId, tempId, content) {
      const conversation = get(chatId)
      const known = conversation.messages.find((each) => each.tempId === tempId && each.senderId === senderId)
      if (known !== undefined) return { message: known, duplicate: true }
      const place = conversation.changes.length + 1
      const message: Message = {
        id: `${chatId}-m${place}`,
        chatId,
        tempId,
        seq: place,
        rev: place,
        senderId,
        senderName: `Name ${senderId}`,
        encryptedContent: content,
        messageType: 'text',
        createdAt: now(),
        reactions: {},
      }
      conversation.messages = [...conversation.messages, message]
      conversation.activeAt = now()
      commit(conversation, { event: 'message:new', data: message })
      return { message, duplicate: false }
    },
    edit(chatId, index) {
      const message = get(chatId).messages[index]
      if (message !== undefined) site.change(chatId, message.id, `${message.encryptedContent}'`)
    },
    change(chatId, messageId, content) {
      const conversation = get(chatId)
      const message = conversation.messages.find(({ id, deletedAt }) => id === messageId && deletedAt === undefined)
      if (message === undefined) return null
      const common = { ...message, rev: conversation.changes.length + 1 }
      const changed: Message =
        content === null
          ? { ...common, encryptedContent: '', reactions: {}, deletedAt: now() }
          : { ...common, encryptedContent: content, editedAt: now() }
      conversation.messages = conversation.messages.map((each) => (each === message ? changed : each))
      commit(conversation, { event: 'message:updated', data: changed })
      return changed
    },
    react(chatId, messageId, userId, emoji, on) {
      const conversation = get(chatId)
      const message = conversation.messages.find(({ id, deletedAt }) => id === messageId && deletedAt === undefined)
      const before = message?.reactions[emoji] ?? []
      if (message === undefined || before.includes(userId) === on) return
      const rev = conversation.changes.length + 1
      const after = on ? [...before, userId] : before.filter((each) => each !== userId)
      const { [emoji]: _, ...rest } = message.reactions
      const reactions = after.length === 0 ? rest : { ...rest, [emoji]: after }
      const changed = { ...message, rev, reactions }
      conversation.messages = conversation.messages.map((each) => (each === message ? changed : each))
      const data = { chatId, rev, at: now(), messageId, userId, emoji }
      commit(conversation, { event: on ? 'reaction:new' : 'reaction:removed', data })
    },
    get notifications() {
      return notifications
    },
    notify(id) {
      const notification = { id, kind: 'event' as const, data: {}, createdAt: now() }
      notifications = [...notifications, notification]
      tell({ kind: 'notification', notification })
    },
    clear(id) {
      const ids = notifications.map((each) => each.id).filter((each) => id === null || each === id)
      notifications = notifications.filter((each) => !ids.includes(each.id))
      tell({ kind: 'cleared', ids })
    },
    rename(chatId, name) {
      const conversation = get(chatId)
      conversation.name = name
      const rev = conversation.changes.length + 1
      commit(conversation, {
        event: 'chat:updated',
        data: { chatId, rev, at: now(), change: 'renamed', chat: { name } },
      })
    },
    markRead(chatId, userId, messageId) {
      const conversation = get(chatId)
      const message = conversation.messages.find(({ id }) => id === messageId)
      if (message === undefined || message.seq <= (conversation.read.get(userId) ?? 0)) return
      conversation.read.set(userId, message.seq)
      tell({ kind: 'read', chatId, userId, message })
    },
    join(chatId, since) {
      if (site.outside.has(chatId)) throw new ParleyError('CONVERSATION_NOT_FOUND', 'It is not yours.')
      const { name, epoch, changes, messages } = get(chatId)
      const rev = changes.length
      const chat: Chat = {
        id: chatId,
        kind: 'group',
        name,
        hostId: 'u1',
        createdAt: 1,
        maxParticipants: 100,
        isLocked: false,
        hasPassword: false,
        hasLobby: false,
        encrypted: false,
        epoch,
        rev,
      }
      const state = { members: [...site.members(chatId)], cursors: site.cursors(chatId), epoch, rev }
      if (since?.epoch === epoch) return { ...state, chat, recovered: true, changes: changes.slice(since.rev) }
      return {
        ...state,
        chat: { ...chat, messages: messages.slice(-SNAPSHOT_MESSAGES) },
        recovered: false,
        changes: [],
      }
    },
    summary(chatId, userId) {
      const { name, epoch, changes, messages, read, activeAt } = get(chatId)
      const upTo = read.get(userId) ?? 0
      const said = messages.filter(({ deletedAt }) => deletedAt === undefined)
      const last = said.at(-1)
      return {
        id: chatId,
        kind: 'group',
        name,
        hostId: 'u1',
        createdAt: 1,
        epoch,
        rev: changes.length,
        ...(last !== undefined && { lastMessage: toSiteMessage(last) }),
        unread: said.filter(({ senderId, seq }) => senderId !== userId && seq > upTo).length,
        read: upTo,
        activeAt,
        role: 'speaker',
      }
    },
  }
  return site
}
