import type { UserEvent, UserId } from '@parley/core'
import type { messenger } from '@parley/protocol'
import type { AnyHandler } from '../dispatch.ts'
import { type Answered, UNKNOWN_EVENT } from '../socketio-connection.ts'
import { socketioFrame } from '../socketio-frame.ts'
import { SocketioSession } from '../socketio-session.ts'
import { commands, isCommand } from './commands.ts'
import { errors } from './errors.ts'
import type { MessengerContext, MessengerMember, MessengerWire } from './messenger-wire.ts'

/** A member's connection on the messenger wire. */
export class MessengerSession extends SocketioSession<MessengerWire> implements MessengerMember {
  readonly watched = new Set<UserId>()

  /** Of people's presence only that of those it follows, and of the user's own. */
  override wants(event: UserEvent): boolean {
    if (event.type !== 'status.changed') return true
    const { userId } = event.person
    return userId === this.identity.userId || this.watched.has(userId)
  }

  emit<E extends messenger.ServerEvent>(event: E, data: messenger.ServerData<E>): void {
    this.outbound.push(socketioFrame(event, data), false)
  }

  override async answer(event: string, data: unknown): Promise<Answered> {
    if (!isCommand(event)) return UNKNOWN_EVENT
    const { identity } = this
    const context: MessengerContext = { identity, limitKey: identity.userId, session: this, afterAnswer: [] }
    const command: AnyHandler<MessengerContext, object> = commands[event]
    const outcome = await this.wire.foundation.dispatcher.dispatch(command, context, data ?? {}, errors)
    return { answer: outcome.ok ? { ok: true, ...outcome.value } : outcome, afterwards: context.afterAnswer }
  }
}
