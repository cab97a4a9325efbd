import type { UserEvent } from '@parley/core'
import type { site } from '@parley/protocol'
import type { AnyHandler } from '../dispatch.ts'
import { type Answered, UNKNOWN_EVENT } from '../socketio-connection.ts'
import { socketioFrame } from '../socketio-frame.ts'
import { SocketioSession } from '../socketio-session.ts'
import { catchUp } from './catch-up.ts'
import { commands, isCommand } from './commands.ts'
import { errors } from './errors.ts'
import { failedAck } from './failed-ack.ts'
import { SiteAccount } from './site-account.ts'
import type { SiteContext, SiteUser, SiteWire } from './site-wire.ts'

/** A known user's connection on the site wire. */
export class SiteSession extends SocketioSession<SiteWire> implements SiteUser {
  readonly account = new SiteAccount(this.wire.foundation.clock.now())

  /** Nobody is told of themselves. */
  override wants(event: UserEvent): boolean {
    return event.type !== 'status.changed' || event.person.userId !== this.identity.userId
  }

  override told(event: UserEvent): void {
    this.account.toldOf(event)
  }

  override catchUp(): Promise<void> {
    return catchUp(this)
  }

  emit<E extends site.ServerEvent>(event: E, data: site.ServerData<E>): void {
    this.outbound.push(socketioFrame(event, data), false)
  }

  override async answer(event: string, data: unknown): Promise<Answered> {
    if (!isCommand(event)) return UNKNOWN_EVENT
    const { identity } = this
    const context: SiteContext = {
      identity,
      limitKey: identity.userId,
      wire: 'site',
      command: event,
      session: this,
      afterAnswer: [],
    }
    const command: AnyHandler<SiteContext, object> = commands[event]
    const outcome = await this.wire.foundation.dispatcher.dispatch(command, context, data ?? {}, errors)
    if (outcome.ok) return { answer: { ok: true, ...outcome.value }, afterwards: context.afterAnswer }
    const failed = failedAck(event, data, outcome.error)
    if (failed !== null) this.emit('message:ack', failed)
    return { answer: outcome, afterwards: context.afterAnswer }
  }
}
