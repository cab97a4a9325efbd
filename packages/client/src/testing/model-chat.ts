import type { Chat, Member, Message } from '@parley/protocol/messenger'
import type { JoinView } from '../replica.ts'
import type { Change } from '../sequencer.ts'
import { NO_VOICE } from '../site-messages.ts'

const SNAPSHOT_MESSAGES = 50
const EMOJI = ['👍', '🎉', '🐙']

/** What a server holds of a chat, changed by random actions; every durable change takes the next `rev`. */
export interface ModelChat {
  readonly rev: number
  readonly messages: readonly Message[]
  readonly members: readonly Member[]
  readonly chat: Chat
  readonly changes: readonly Change[]
  /** Does something, whoever does it. */
  act(): void
  /** `selfId` sends; resolves what the sender is answered. A `tempId` that was used before sends nothing anew. */
  send(senderId: string, tempId: string): Message
  /** The answer to `chat:join`. `since: null` or `keeps` too few changes: a fresh view. */
  join(since: { readonly epoch: string; readonly rev: number } | null, keeps: number): JoinView
  history(before: number, limit: number): { readonly messages: readonly Message[]; readonly hasMore: boolean }
}

export function createModelChat(random: () => number): ModelChat {
  const epoch = 'e1'
  const changes: Change[] = []
  let messages: Message[] = []
  let members: Member[] = [memberOf('u0', 'host'), memberOf('u1', 'speaker'), memberOf('u2', 'speaker')]
  let chat: Chat = {
    id: 'c1',
    kind: 'room',
    name: 'Den',
    hostId: 'u0',
    createdAt: 1,
    expiresAt: Date.UTC(2090, 0, 1),
    maxParticipants: 30,
    isLocked: false,
    hasPassword: false,
    hasLobby: false,
    encrypted: false,
    epoch,
    rev: 0,
  }
  const rev = (): number => changes.length
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
  const base = () => ({ chatId: 'c1', rev: rev() + 1, at: rev() + 1 })

  function memberOf(userId: string, role: Member['role']): Member {
    return { userId, name: `Name ${userId}`, role, joinedAt: 1, online: true, status: 'online', voice: NO_VOICE }
  }

  function put(message: Message): void {
    messages = messages.map((each) => (each.id === message.id ? message : each))
  }

  function send(senderId: string, tempId: string): Message {
    const known = messages.find((message) => message.tempId === tempId && message.senderId === senderId)
    if (known !== undefined) return known
    const message: Message = {
      id: `m${rev() + 1}`,
      chatId: 'c1',
      tempId,
      seq: rev() + 1,
      rev: rev() + 1,
      senderId,
      senderName: `Name ${senderId}`,
      encryptedContent: `text ${rev() + 1}`,
      messageType: 'text',
      createdAt: rev() + 1,
      reactions: {},
    }
    messages = [...messages, message]
    changes.push({ event: 'message:new', data: message })
    return message
  }

  function react(): void {
    const message = pick(messages.filter(({ deletedAt }) => deletedAt === undefined))
    const userId = pick(members)?.userId
    const emoji = pick(EMOJI)
    if (message === undefined || userId === undefined || emoji === undefined) return
    const before = message.reactions[emoji] ?? []
    const isOn = before.includes(userId)
    const after = isOn ? before.filter((id) => id !== userId) : [...before, userId]
    const { [emoji]: _, ...rest } = message.reactions
    const data = { ...base(), messageId: message.id, userId, emoji }
    put({ ...message, rev: data.rev, reactions: after.length === 0 ? rest : { ...message.reactions, [emoji]: after } })
    changes.push({ event: isOn ? 'reaction:removed' : 'reaction:new', data })
  }

  function edit(): void {
    const message = pick(messages.filter(({ deletedAt }) => deletedAt === undefined))
    if (message === undefined) return
    const { rev, at } = base()
    const edited = { ...message, rev, encryptedContent: `${message.encryptedContent} edited`, editedAt: at }
    put(edited)
    changes.push({ event: 'message:updated', data: edited })
  }

  /** As the stores do: the words leave the kept changes too. */
  function remove(): void {
    const message = pick(messages.filter(({ deletedAt }) => deletedAt === undefined))
    if (message === undefined) return
    const { rev, at } = base()
    for (const [index, change] of changes.entries()) {
      if ((change.event === 'message:new' || change.event === 'message:updated') && change.data.id === message.id) {
        const scrubbed = { ...change.data, encryptedContent: '', reactions: {} }
        changes[index] = { event: change.event, data: scrubbed }
      }
    }
    const deleted = { ...message, rev, encryptedContent: '', reactions: {}, deletedAt: at }
    put(deleted)
    changes.push({ event: 'message:updated', data: deleted })
  }

  function comeOrGo(): void {
    const userId = `u${3 + Math.floor(random() * 3)}`
    const known = members.find((member) => member.userId === userId)
    if (known === undefined) {
      const member = memberOf(userId, 'speaker')
      changes.push({ event: 'chat:member-joined', data: { ...base(), userId, name: member.name, member } })
      members = [...members, member]
    } else {
      changes.push({ event: 'chat:member-left', data: { ...base(), userId, name: known.name, reason: 'left' } })
      members = members.filter((member) => member !== known)
    }
  }

  function setRole(): void {
    const member = pick(members.filter(({ role }) => role !== 'host'))
    if (member === undefined) return
    const role = member.role === 'speaker' ? 'moderator' : 'speaker'
    changes.push({
      event: 'chat:updated',
      data: { ...base(), change: 'role', byId: 'u0', chat: {}, roles: [{ userId: member.userId, role }] },
    })
    members = members.map((each) => (each === member ? { ...each, role } : each))
  }

  function updateChat(): void {
    if (random() < 0.5) {
      const isLocked = !chat.isLocked
      const change = isLocked ? 'locked' : 'unlocked'
      changes.push({ event: 'chat:updated', data: { ...base(), change, byId: 'u0', chat: { isLocked } } })
      chat = { ...chat, isLocked }
    } else {
      const expiresAt = (chat.expiresAt ?? 0) + 100
      changes.push({ event: 'chat:updated', data: { ...base(), change: 'extended', byId: 'u0', chat: { expiresAt } } })
      chat = { ...chat, expiresAt }
    }
  }

  return {
    get rev() {
      return rev()
    },
    get messages() {
      return messages
    },
    get members() {
      return members
    },
    get chat() {
      return chat
    },
    changes,
    send,
    act() {
      const dice = random()
      if (dice < 0.5) send(pick(members)?.userId ?? 'u0', `t${rev()}`)
      else if (dice < 0.7) react()
      else if (dice < 0.8) edit()
      else if (dice < 0.85) remove()
      else if (dice < 0.93) comeOrGo()
      else if (dice < 0.97) setRole()
      else updateChat()
    },
    join(since, keeps) {
      const state = { members: [...members], cursors: {}, epoch, rev: rev() }
      const latest = messages.slice(-SNAPSHOT_MESSAGES)
      if (since === null || since.epoch !== epoch || rev() - since.rev > keeps) {
        return { ...state, chat: { ...chat, rev: rev(), messages: latest }, recovered: false, changes: [] }
      }
      return { ...state, chat: { ...chat, rev: rev() }, recovered: true, changes: changes.slice(since.rev) }
    },
    history(before, limit) {
      const older = messages.filter(({ seq }) => seq < before)
      return { messages: older.slice(-limit), hasMore: older.length > limit }
    },
  }
}
