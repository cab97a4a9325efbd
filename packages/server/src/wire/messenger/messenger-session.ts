import type { ConversationId, DomainEvent, DomainEventType, UserEvent, UserId, VoiceEndReason } from '@parley/core'
import type { messenger } from '@parley/protocol'
import type { AnyHandler } from '../dispatch.ts'
import { type Answered, UNKNOWN_EVENT } from '../socketio-connection.ts'
import { socketioFrame } from '../socketio-frame.ts'
import { SocketioSession } from '../socketio-session.ts'
import type { Subscription } from '../topic.ts'
import { catchUp } from './catch-up.ts'
import { commands, isCommand } from './commands.ts'
import { errors } from './errors.ts'
import { mayKnowRoom } from './find-chat.ts'
import { MessengerAccount } from './messenger-account.ts'
import type { MessengerContext, MessengerMember, MessengerWire } from './messenger-wire.ts'

/** Why somebody's voice is over when their place in the chat is. */
const END_REASONS: Partial<Record<DomainEventType, VoiceEndReason>> = {
  'member.left': 'left',
  'member.removed': 'kicked',
  'conversation.expired': 'expired',
}

/** A member's connection on the messenger wire. */
export class MessengerSession extends SocketioSession<MessengerWire> implements MessengerMember {
  readonly watched = new Set<UserId>()
  readonly account = new MessengerAccount()
  voice: ConversationId | null = null

  /** Everything, but the presence only of people whom it follows, and of the user themselves. */
  override wants(event: UserEvent): boolean {
    if (event.type !== 'status.changed') return true
    const { userId } = event.person
    return userId === this.identity.userId || this.watched.has(userId)
  }

  override told(event: UserEvent): void {
    this.account.told(event)
  }

  override catchUp(): Promise<void> {
    return catchUp(this)
  }

  /** Whoever is in voice is there, and need not touch anything. */
  override sweep(now: number): void {
    if (this.voice !== null) this.lastActivityAt = now
    super.sweep(now)
  }

  override turned(subscription: Subscription, event: DomainEvent): void {
    const { conversationId } = subscription.topic
    if (event.type === 'voice.ended') {
      if (this.voice === conversationId) this.voice = null
      return
    }
    const reason = END_REASONS[event.type]
    if (this.voice === conversationId && reason !== undefined && this.places.get(conversationId) === subscription) {
      this.voice = null
      this.emit('voice:ended', { chatId: conversationId, reason })
    }
    super.turned(subscription, event)
  }

  emit<E extends messenger.ServerEvent>(event: E, data: messenger.ServerData<E>): void {
    this.outbound.push(socketioFrame(event, data), false)
  }

  override get voicePlace(): ConversationId | null {
    return this.voice
  }

  override async answer(event: string, data: unknown): Promise<Answered> {
    if (!isCommand(event)) return UNKNOWN_EVENT
    const { identity } = this
    const context: MessengerContext = {
      identity,
      limitKey: identity.userId,
      wire: 'messenger',
      command: event,
      session: this,
      afterAnswer: [],
      mayKnow: (raw) => mayKnowRoom(this, raw),
    }
    const command: AnyHandler<MessengerContext, object> = commands[event]
    const outcome = await this.wire.foundation.dispatcher.dispatch(command, context, data ?? {}, errors)
    return { answer: outcome.ok ? { ok: true, ...outcome.value } : outcome, afterwards: context.afterAnswer }
  }
}
