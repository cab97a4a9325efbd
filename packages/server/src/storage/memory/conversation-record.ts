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
  /** About as many bytes of messages are kept in a conversation, and of events beside them; the newest always. */
  readonly maxBytes: number
}

/** What an object and its place in the indexes take, about. */
const OVERHEAD_BYTES = 512

function bytesOf(message: Message): number {
  const { content, metadata } = message
  return OVERHEAD_BYTES + 2 * (content.length + (metadata === null ? 0 : JSON.stringify(metadata).length))
}

const bytesOfChange = (event: DurableEvent): number => ('message' in event ? bytesOf(event.message) : OVERHEAD_BYTES)

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
  readonly #maxBytes: number
  #messageBytes = 0
  #changeBytes = 0

  constructor(conversation: Conversation, epoch: string, members: readonly Member[], bounds: RecordBounds) {
    this.#conversation = conversation
    this.#epoch = epoch
    this.#members = new Map(members.map((member) => [member.userId, member]))
    this.#messages = new BoundedList(bounds.maxMessages)
    this.#changes = new BoundedList(bounds.maxChanges)
    this.#maxBytes = bounds.maxBytes
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

  /** About how much memory its messages and events take. */
  get bytes(): number {
    return this.#messageBytes + this.#changeBytes
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
    this.#messageBytes += bytesOf(message)
    const dropped = this.#messages.push(message)
    if (dropped !== undefined) this.#forget(dropped)
    this.#dropMessages(this.#maxBytes)
    this.#take(event)
  }

  /** Lets go of the older half of what is kept. */
  dropHalf(): void {
    this.#dropMessages(this.#messageBytes / 2)
    this.#dropChanges(this.#changeBytes / 2)
  }

  #dropMessages(maxBytes: number): void {
    while (this.#messageBytes > maxBytes && this.#messages.length > 1) {
      const dropped = this.#messages.drop()
      if (dropped !== undefined) this.#forget(dropped)
    }
  }

  #dropChanges(maxBytes: number): void {
    while (this.#changeBytes > maxBytes && this.#changes.length > 1) this.#uncount(this.#changes.drop())
  }

  #uncount(dropped: DurableEvent | undefined): void {
    if (dropped !== undefined) this.#changeBytes -= bytesOfChange(dropped)
  }

  replaceMessage(message: Message, event: DurableEvent): void {
    const position = this.#positionById.get(message.id)
    const before = position === undefined ? undefined : this.#messages.at(position)
    if (position === undefined || before === undefined) throw new Error('a message that is not there was replaced')
    this.#messageBytes += bytesOf(message) - bytesOf(before)
    this.#messages.set(position, message)
    this.#take(event)
  }

  /** Takes a message's words out of the events kept for recovery, up to now. */
  scrubChanges(messageId: MessageId): void {
    for (let position = this.#changes.firstPosition; position < this.#changes.endPosition; position += 1) {
      const event = this.#changes.at(position)
      if (event === undefined || !('message' in event) || event.message.id !== messageId) continue
      const scrubbed = { ...event, message: { ...event.message, content: '', metadata: null, reactions: {} } }
      this.#changeBytes += bytesOfChange(scrubbed) - bytesOfChange(event)
      this.#changes.set(position, scrubbed)
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
    this.#changeBytes += bytesOfChange(event)
    this.#uncount(this.#changes.push(event))
    this.#dropChanges(this.#maxBytes)
  }

  #forget(message: Message): void {
    this.#messageBytes -= bytesOf(message)
    this.#positionById.delete(message.id)
    if (message.clientId !== null) this.#idBySenderKey.delete(senderKey(message.senderId, message.clientId))
  }
}
