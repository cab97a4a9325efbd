import type { Position } from '@parley/protocol'
import { DELETED_USER_ID, SIZES } from '@parley/protocol/constants'
import type { Answer, Chat, Message, ServerData } from '@parley/protocol/messenger'
import { createReceipts, type ReceiptKind, type Receipts } from './receipts.ts'
import { createRoster, type Roster } from './roster.ts'
import { type Change, changeOf, createSequencer } from './sequencer.ts'
import { createTimeline, type Timeline } from './timeline.ts'

/** The answer to `chat:join` of somebody who is in. */
export type JoinView = Extract<Answer<'chat:join'>, { readonly recovered: boolean }>

export interface ReplicaOptions {
  readonly selfId: () => string | null
  /** A message of ours with this `tempId` is in the timeline. */
  readonly onOwn: (tempId: string) => void
  /** A message by somebody else that was not known before. */
  readonly onMessage: (message: Message) => void
  /** We lost our seat, as events say. */
  readonly onSelfLeft: (reason: ServerData<'chat:member-left'>['reason']) => void
  /** Somebody was deleted with all that was theirs: no change says what. Ask without `since`. */
  readonly onErased: () => void
  /** Changes are missing: join again with `position`. */
  readonly onHole: () => void
}

/** A chat as the server has it, as far as it was told. */
export interface Replica {
  readonly chat: Chat | null
  readonly roster: Roster
  readonly timeline: Timeline
  readonly receipts: Receipts
  readonly hasOlder: boolean
  readonly position: Position | null
  readonly hasHole: boolean
  hold(): void
  release(): void
  /** A durable event; others are passed over. True when it was one. */
  offer(event: string, data: unknown): boolean
  /** Somebody, or we ourselves, got so far. False when that is no news. */
  moveReceipt(userId: string, kind: ReceiptKind, seq: number): boolean
  /** The server is known to be at `rev`: what we lack up to there is a hole. */
  expect(position: Position): void
  /** Takes the answer to `chat:join`. `unusable`: it does not reach from our position to its own; ask without `since`. */
  join(view: JoinView): 'first' | 'recovered' | 'replaced' | 'unusable'
  /** What may be known from the lobby. */
  preview(chat: Chat): void
  /** Call before asking for older messages: changes to them may come before they do. */
  expectOlder(): void
  addOlder(messages: readonly Message[], hasMore: boolean): void
}

export function createReplica(options: ReplicaOptions): Replica {
  const roster = createRoster()
  const receipts = createReceipts(roster)
  const timeline = createTimeline({
    isOwn: (senderId) => senderId === options.selfId(),
    receiptsOf: ({ senderId, seq }) => (chat === null || chat.kind === 'room' ? null : receipts.count(senderId, seq)),
  })
  const sequencer = createSequencer({ apply, onHole: options.onHole })
  let chat: Chat | null = null
  let hasOlder = false
  /** Changes to messages that are not here, kept while older ones are on their way. */
  let unplaced: Change[] | null = null
  let isReplaying = false

  function apply(change: Change): void {
    switch (change.event) {
      case 'message:new':
        addMessage(change.data)
        break
      case 'message:updated':
      case 'reaction:new':
      case 'reaction:removed':
        changeMessage(change)
        break
      case 'chat:member-joined': {
        const { userId, name, member, rev, at } = change.data
        roster.put(member)
        timeline.refreshReceipts(0)
        timeline.addNotice(rev, at, { type: 'joined', userId, name })
        break
      }
      case 'chat:member-left': {
        const { userId, name, reason, rev, at } = change.data
        if (userId === DELETED_USER_ID) {
          options.onErased()
          break
        }
        roster.learn(userId, name)
        roster.remove(userId)
        timeline.refreshReceipts(0)
        timeline.addNotice(rev, at, { type: 'left', userId, name, reason })
        if (userId === options.selfId() && !isReplaying) options.onSelfLeft(reason)
        break
      }
      case 'chat:updated':
        updateChat(change.data)
    }
  }

  function addMessage(message: Message): void {
    const isNew = timeline.find(message.id) === undefined
    timeline.add(message)
    roster.learn(message.senderId, message.senderName)
    if (message.senderId === options.selfId()) {
      if (message.tempId !== undefined) options.onOwn(message.tempId)
    } else if (isNew) options.onMessage(message)
  }

  function changeMessage(
    change: Extract<Change, { event: 'message:updated' | 'reaction:new' | 'reaction:removed' }>,
  ): void {
    const id = change.event === 'message:updated' ? change.data.id : change.data.messageId
    const known = timeline.find(id)?.message
    if (known === undefined) unplaced?.push(change)
    else timeline.update(change.event === 'message:updated' ? change.data : withReaction(known, change))
  }

  function updateChat({ change, byId, chat: fields, roles, rev, at }: ServerData<'chat:updated'>): void {
    if (chat !== null) chat = { ...chat, ...(fields as Partial<Chat>) }
    if (roles !== undefined) roster.setRoles(roles)
    const byName = byId === undefined ? '' : roster.nameOf(byId)
    if (change === 'locked' || change === 'unlocked') timeline.addNotice(rev, at, { type: change, byName })
    if (change === 'extended' && fields.expiresAt !== undefined) {
      timeline.addNotice(rev, at, { type: 'extended', byName, expiresAt: fields.expiresAt })
    }
    if (change === 'renamed' && fields.name !== undefined) {
      timeline.addNotice(rev, at, { type: 'renamed', byName, name: fields.name })
    }
    // When the host's role passes on, two change; the new host is the news.
    const news = roles?.find(({ role }) => role === 'host') ?? roles?.[0]
    if (change === 'role' && news !== undefined) {
      const { userId, role } = news
      const name = roster.nameOf(userId)
      timeline.addNotice(rev, at, { type: 'role', userId, name, role, ...(byId !== undefined && { byId }) })
    }
  }

  function replaceAll({ chat: { messages = [] }, epoch, rev }: JoinView): void {
    const before = sequencer.position
    timeline.replace(messages)
    hasOlder = messages.length >= SIZES.snapshotMessages
    unplaced = unplaced === null ? null : []
    for (const message of messages) {
      roster.learn(message.senderId, message.senderName)
      const isOwn = message.senderId === options.selfId()
      if (isOwn && message.tempId !== undefined) options.onOwn(message.tempId)
      if (!isOwn && before !== null && before.epoch === epoch && message.seq > before.rev) options.onMessage(message)
    }
    sequencer.replaced({ epoch, rev })
  }

  function takeState(view: JoinView): void {
    const { messages: _, ...settings } = view.chat
    chat = settings
    roster.replace(view.members)
    receipts.learn(view.cursors)
    timeline.refreshReceipts(0)
  }

  return {
    get chat() {
      return chat
    },
    roster,
    timeline,
    receipts,
    get hasOlder() {
      return hasOlder
    },
    get position() {
      return sequencer.position
    },
    get hasHole() {
      return sequencer.hasHole
    },
    hold: sequencer.hold,
    release: sequencer.release,
    offer(event, data) {
      const change = changeOf(event, data)
      if (change !== null) sequencer.offer(change)
      return change !== null
    },
    moveReceipt(userId, kind, seq) {
      const before = receipts.cursorOf(userId)[kind]
      if (!receipts.move(userId, kind, seq)) return false
      timeline.refreshReceipts(before)
      return true
    },
    expect: sequencer.expect,
    join(view) {
      const { recovered, changes, epoch, rev } = view
      if (recovered) {
        const missed = changes.map(({ event, data }) => changeOf(event, data)).filter((change) => change !== null)
        isReplaying = true
        const isWhole = sequencer.replayed(missed, { epoch, rev }, () => takeState(view))
        isReplaying = false
        return isWhole ? 'recovered' : 'unusable'
      }
      const isFirst = sequencer.position === null
      takeState(view)
      replaceAll(view)
      return isFirst ? 'first' : 'replaced'
    },
    preview(settings) {
      const { messages: _, ...rest } = settings
      chat = rest
    },
    expectOlder() {
      unplaced = []
    },
    addOlder(messages, hasMore) {
      timeline.merge(messages)
      for (const message of messages) roster.learn(message.senderId, message.senderName)
      hasOlder = hasMore
      const late = unplaced ?? []
      unplaced = null
      for (const change of late) apply(change)
    },
  }
}

/** The message after somebody reacted or took it back. */
function withReaction(
  message: Message,
  { event, data }: Extract<Change, { event: 'reaction:new' | 'reaction:removed' }>,
): Message {
  const { emoji, userId, rev } = data
  const before = message.reactions[emoji] ?? []
  const others = before.filter((id) => id !== userId)
  const after = event === 'reaction:removed' ? others : before.includes(userId) ? before : [...before, userId]
  const { [emoji]: _, ...rest } = message.reactions
  if (after.length === 0) return { ...message, rev, reactions: rest }
  return { ...message, rev, reactions: { ...message.reactions, [emoji]: after } }
}
