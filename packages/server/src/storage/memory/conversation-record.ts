import type {
  Conversation,
  ConversationState,
  DurableEvent,
  Member,
  Message,
  MessageId,
  StateEvent,
  StateWrite,
  UserId,
} from '@parley/core'
import { BoundedList } from './bounded-list.ts'

export interface RecordBounds {
  /** Messages kept in a conversation; the oldest go first, with their reactions. */
  readonly maxMessages: number
  /** Durable events kept for recovery in a conversation. */
  readonly maxChanges: number
}

const senderKey = (senderId: UserId, clientId: string): string => `${senderId}\n${clientId}`

/** One conversation in memory with all that is its own. Every value that it hands out is immutable. */
export class ConversationRecord {
  #conversation: Conversation
  #members: ReadonlyMap<UserId, Member>
  #version = 0
  #rev = 0
  #state: ConversationState | null = null
  readonly #epoch: string
  readonly #messages: BoundedList<Message>
  readonly #positionById = new Map<MessageId, number>()
  readonly #idBySenderKey = new Map<string, MessageId>()
  readonly #changes: BoundedList<DurableEvent>

  constructor(conversation: Conversation, epoch: string, members: readonly Member[], bounds: RecordBounds) {
    this.#conversation = conversation
    this.#epoch = epoch
    this.#members = new Map(members.map((member) => [member.userId, member]))
    this.#messages = new BoundedList(bounds.maxMessages)
    this.#changes = new BoundedList(bounds.maxChanges)
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

  get messages(): BoundedList<Message> {
    return this.#messages
  }

  message(id: MessageId): Message | undefined {
    const position = this.#positionById.get(id)
    return position === undefined ? undefined : this.#messages.at(position)
  }

  messageByClientId(senderId: UserId, clientId: string): Message | undefined {
    const id = this.#idBySenderKey.get(senderKey(senderId, clientId))
    return id === undefined ? undefined : this.message(id)
  }

  /** Stores a decided change whose version has been checked, and gives each of its events the next `rev`. */
  writeState(write: StateWrite): readonly DurableEvent[] {
    if (write.conversation !== undefined) this.#conversation = { ...this.#conversation, ...write.conversation }
    if (write.putMembers !== undefined || write.removeMembers !== undefined) {
      const members = new Map(this.#members)
      for (const userId of write.removeMembers ?? []) members.delete(userId)
      for (const member of write.putMembers ?? []) members.set(member.userId, member)
      this.#members = members
    }
    this.#version += 1
    this.#state = null
    return write.events.map((event) => this.#record(event))
  }

  /** The `rev` that the next durable event takes. */
  get nextRev(): number {
    return this.#rev + 1
  }

  addMessage(message: Message, event: DurableEvent): void {
    this.#positionById.set(message.id, this.#messages.endPosition)
    if (message.clientId !== null) this.#idBySenderKey.set(senderKey(message.senderId, message.clientId), message.id)
    const dropped = this.#messages.push(message)
    if (dropped !== undefined) this.#forget(dropped)
    this.#take(event)
  }

  replaceMessage(message: Message, event: DurableEvent): void {
    const position = this.#positionById.get(message.id)
    if (position === undefined) throw new Error('a message that is not there was replaced')
    this.#messages.set(position, message)
    this.#take(event)
  }

  /** Takes a message's words out of the events kept for recovery, up to now. */
  scrubChanges(messageId: MessageId): void {
    for (let position = this.#changes.firstPosition; position < this.#changes.endPosition; position += 1) {
      const event = this.#changes.at(position)
      if (event !== undefined && 'message' in event && event.message.id === messageId)
        this.#changes.set(position, {
          ...event,
          message: { ...event.message, content: '', metadata: null, reactions: {} },
        })
    }
  }

  /** The events after `rev`, or `null` when some of them are not kept, or `rev` has not been. */
  changesAfter(epoch: string, rev: number): readonly DurableEvent[] | null {
    if (epoch !== this.#epoch || rev > this.#rev) return null
    // The event with rev 1 was the first one ever recorded, so a rev is a position counted from one.
    return rev < this.#changes.firstPosition ? null : this.#changes.slice(rev)
  }

  #record(event: StateEvent): DurableEvent {
    const recorded: DurableEvent = { ...event, rev: this.nextRev }
    this.#take(recorded)
    return recorded
  }

  #take(event: DurableEvent): void {
    this.#rev = event.rev
    this.#state = null
    this.#changes.push(event)
  }

  #forget(message: Message): void {
    this.#positionById.delete(message.id)
    if (message.clientId !== null) this.#idBySenderKey.delete(senderKey(message.senderId, message.clientId))
  }
}
