import type {
  Conversation,
  ConversationState,
  Cursor,
  DurableEvent,
  Member,
  Message,
  MessageId,
  Millis,
  StateEvent,
  StateWrite,
  UserId,
} from '@parley/core'
import { BoundedList } from './bounded-list.ts'
import { bytesOfMessage, type KeptChange, KeptChanges } from './kept-changes.ts'

export interface RecordBounds {
  /** Messages kept in a conversation; the oldest go first, with their reactions. */
  readonly maxMessages: number
  /** Durable events kept for recovery in a conversation. */
  readonly maxChanges: number
  /** About as many bytes of messages are kept in a conversation, and of events beside them; the newest always. */
  readonly maxBytes: number
}

/** Gives each write of the process its number, in order. */
export interface WriteCounter {
  last: number
}

/** From which rev up to which somebody was in the conversation, the latest time; `to` is `null` while they are. */
export interface Stay {
  readonly from: number
  readonly to: number | null
  /** For those who were there from the first moment. */
  readonly founder: { readonly member: Member; readonly number: number } | null
}

/** How far a member has got, and the number of the write that brought them there. */
export interface Progress extends Cursor {
  readonly at: Millis
  readonly number: number
}

const senderKey = (senderId: UserId, clientId: string): string => `${senderId}\n${clientId}`

/** One conversation in memory with all that is its own. Every value that it hands out is immutable. */
export class ConversationRecord {
  #conversation: Conversation
  #members: ReadonlyMap<UserId, Member>
  #version = 0
  #rev = 0
  #state: ConversationState | null = null
  #activeAt: Millis
  readonly #epoch: string
  readonly #messages: BoundedList<Message>
  readonly #positionById = new Map<MessageId, number>()
  readonly #idBySenderKey = new Map<string, MessageId>()
  readonly #changes: KeptChanges
  readonly #stays = new Map<UserId, Stay>()
  readonly #progress = new Map<UserId, Progress>()
  readonly #maxBytes: number
  readonly #counter: WriteCounter
  #messageBytes = 0

  constructor(
    conversation: Conversation,
    epoch: string,
    members: readonly Member[],
    bounds: RecordBounds,
    counter: WriteCounter,
  ) {
    this.#conversation = conversation
    this.#epoch = epoch
    this.#members = new Map(members.map((member) => [member.userId, member]))
    this.#messages = new BoundedList(bounds.maxMessages)
    this.#changes = new KeptChanges(bounds.maxChanges, bounds.maxBytes)
    this.#maxBytes = bounds.maxBytes
    this.#counter = counter
    this.#activeAt = conversation.createdAt
    counter.last += 1
    for (const member of members) this.#welcome(member.userId, { member, number: counter.last })
  }

  get epoch(): string {
    return this.#epoch
  }

  get state(): ConversationState {
    this.#state ??= {
      conversation: this.#conversation,
      members: this.#members,
      epoch: this.#epoch,
      rev: this.#rev,
      version: this.#version,
    }
    return this.#state
  }

  member(userId: UserId): Member | undefined {
    return this.#members.get(userId)
  }

  get memberCount(): number {
    return this.#members.size
  }

  get quotaKey(): string {
    return this.#conversation.quotaKey
  }

  /** When something last happened. */
  get activeAt(): Millis {
    return this.#activeAt
  }

  /** About how much memory its messages and events take. */
  get bytes(): number {
    return this.#messageBytes + this.#changes.bytes
  }

  get messages(): BoundedList<Message> {
    return this.#messages
  }

  message(id: MessageId): Message | undefined {
    const position = this.#positionById.get(id)
    return position === undefined ? undefined : this.#messages.at(position)
  }

  messageByClientId(senderId: UserId | null, clientId: string): Message | undefined {
    if (senderId === null) return this.#latestByClientId(clientId)
    const id = this.#idBySenderKey.get(senderKey(senderId, clientId))
    return id === undefined ? undefined : this.message(id)
  }

  #latestByClientId(clientId: string): Message | undefined {
    for (let position = this.#messages.endPosition - 1; position >= this.#messages.firstPosition; position -= 1) {
      const message = this.#messages.at(position)
      if (message?.clientId === clientId) return message
    }
    return undefined
  }

  /** The stay of somebody who is or was a member. */
  stay(userId: UserId): Stay | undefined {
    return this.#stays.get(userId)
  }

  /** How far each member has got. */
  get progress(): ReadonlyMap<UserId, Progress> {
    return this.#progress
  }

  /** Puts a member's cursors to these places. */
  setProgress(userId: UserId, cursor: Cursor, at: Millis): void {
    this.#counter.last += 1
    this.#progress.set(userId, { ...cursor, at, number: this.#counter.last })
  }

  /** Stores a decided change whose version has been checked, and gives each of its events the next `rev`. */
  writeState(write: Omit<StateWrite, 'ifVersion'>): readonly DurableEvent[] {
    const before = this.#members
    if (write.conversation !== undefined) this.#conversation = { ...this.#conversation, ...write.conversation }
    if (write.putMembers !== undefined || write.removeMembers !== undefined) {
      const members = new Map(before)
      for (const userId of write.removeMembers ?? []) members.delete(userId)
      for (const member of write.putMembers ?? []) members.set(member.userId, member)
      this.#members = members
      for (const { userId } of write.putMembers ?? []) if (!before.has(userId)) this.#welcome(userId)
    }
    this.#version += 1
    this.#state = null
    const events = write.events.map((event) => this.#record(event))
    for (const userId of write.removeMembers ?? []) {
      if (before.has(userId) && !this.#members.has(userId)) this.#dismiss(userId, events)
    }
    return events
  }

  /** Their part begins with what is written now; what was said before is not unread. */
  #welcome(userId: UserId, founder: Stay['founder'] = null): void {
    this.#stays.set(userId, { from: this.nextRev, to: null, founder })
    this.#progress.set(userId, { delivered: this.#rev, read: this.#rev, at: this.#activeAt, number: 0 })
  }

  /** Their part ends with their own leaving. */
  #dismiss(userId: UserId, events: readonly DurableEvent[]): void {
    const left = events.find((event) => event.type === 'member.left' && event.userId === userId)
    const { from, founder } = this.#stays.get(userId) ?? { from: 1, founder: null }
    this.#stays.set(userId, { from, to: left?.rev ?? this.#rev, founder })
    this.#progress.delete(userId)
  }

  /** The `rev` that the next durable event takes. */
  get nextRev(): number {
    return this.#rev + 1
  }

  addMessage(message: Message, event: DurableEvent): void {
    this.#positionById.set(message.id, this.#messages.endPosition)
    if (message.clientId !== null) this.#idBySenderKey.set(senderKey(message.senderId, message.clientId), message.id)
    this.#messageBytes += bytesOfMessage(message)
    const dropped = this.#messages.push(message)
    if (dropped !== undefined) this.#forget(dropped)
    this.#dropMessages(this.#maxBytes)
    this.#take(event)
  }

  /** Lets go of the older half of what is kept. */
  dropHalf(): void {
    this.#dropMessages(this.#messageBytes / 2)
    this.#changes.dropTo(this.#changes.bytes / 2)
  }

  /** Takes the oldest message out with the events about it. */
  dropOldest(): void {
    const dropped = this.#messages.drop()
    if (dropped === undefined) return
    this.#forget(dropped)
    this.#changes.rewrite((event) => (messageIdOf(event) === dropped.id ? null : event))
    this.#changes.cut(dropped.rev)
  }

  #dropMessages(maxBytes: number): void {
    while (this.#messageBytes > maxBytes && this.#messages.length > 1) {
      const dropped = this.#messages.drop()
      if (dropped !== undefined) this.#forget(dropped)
    }
  }

  replaceMessage(message: Message, event: DurableEvent): void {
    const position = this.#positionById.get(message.id)
    const before = position === undefined ? undefined : this.#messages.at(position)
    if (position === undefined || before === undefined) throw new Error('a message that is not there was replaced')
    this.#messageBytes += bytesOfMessage(message) - bytesOfMessage(before)
    if (before.clientId !== message.clientId) {
      this.#forgetClientId(before)
      this.#changes.rewrite((event) =>
        'clientId' in event && event.messageId === message.id ? { ...event, clientId: message.clientId } : event,
      )
    }
    this.#messages.set(position, message)
    this.#take(event)
  }

  /** Takes a message's words out of the events kept for recovery, up to now. */
  scrubChanges(messageId: MessageId): void {
    this.#changes.rewrite((event) =>
      'message' in event && event.message.id === messageId
        ? { ...event, message: { ...event.message, content: '', metadata: null, reactions: {} } }
        : event,
    )
  }

  /** Forgets that somebody who is no member any more ever was one. */
  forgetStay(userId: UserId): void {
    if (!this.#members.has(userId)) this.#stays.delete(userId)
  }

  /** The same, also in the events that are kept: `rewrite` takes them out there. */
  forgetUser(userId: UserId, rewrite: (event: DurableEvent) => DurableEvent | null): void {
    this.forgetStay(userId)
    this.#changes.rewrite(rewrite)
    this.#changes.cut(this.#rev)
  }

  /** The events after `rev`, or `null` when some of them are not kept, or `rev` has not been. */
  changesAfter(epoch: string, rev: number): readonly DurableEvent[] | null {
    return epoch !== this.#epoch || rev > this.#rev ? null : this.#changes.after(rev)
  }

  /** The events with a greater number, as far as they are kept. */
  changesSinceNumber(number: number): readonly KeptChange[] {
    return this.#changes.since(number)
  }

  #record(event: StateEvent): DurableEvent {
    const recorded: DurableEvent = { ...event, rev: this.nextRev }
    this.#take(recorded)
    return recorded
  }

  #take(event: DurableEvent): void {
    this.#rev = event.rev
    this.#state = null
    this.#activeAt = Math.max(this.#activeAt, event.at)
    this.#counter.last += 1
    this.#changes.add(event, this.#counter.last)
  }

  #forget(message: Message): void {
    this.#messageBytes -= bytesOfMessage(message)
    this.#positionById.delete(message.id)
    this.#forgetClientId(message)
  }

  #forgetClientId({ senderId, clientId }: Message): void {
    if (clientId !== null) this.#idBySenderKey.delete(senderKey(senderId, clientId))
  }
}

function messageIdOf(event: DurableEvent): MessageId | null {
  if ('message' in event) return event.message.id
  return 'messageId' in event ? event.messageId : null
}
