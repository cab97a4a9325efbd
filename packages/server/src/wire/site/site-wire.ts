import type { ConversationId, DomainEvent, UserEvent } from '@parley/core'
import type { site } from '@parley/protocol'
import type { Identity } from '../../auth/authenticator.ts'
import type { RequestContext } from '../dispatch.ts'
import type { Frame } from '../frame.ts'
import type { Session } from '../session.ts'
import type { Subscription, Wire } from '../topic.ts'
import type { WireFoundation } from '../wire-foundation.ts'
import { encodeEvent, encodeUserEvent } from './events.ts'
import type { SiteAccount } from './site-account.ts'

/** The site wire of this process. */
export class SiteWire implements Wire {
  readonly name = 'site'
  readonly foundation: WireFoundation

  constructor(foundation: WireFoundation) {
    this.foundation = foundation
  }

  encode(event: DomainEvent): Frame | null {
    return encodeEvent(event)
  }

  encodeUser(event: UserEvent): Frame | null {
    return encodeUserEvent(event)
  }

  observe(): void {
    // Every change is an event of its own on this wire.
  }
}

/** A session of this wire as its commands use it. */
export interface SiteUser extends Session {
  readonly wire: SiteWire
  readonly places: Map<ConversationId, Subscription>
  /** What the client was told of people and of its conversations. */
  readonly account: SiteAccount
  emit<E extends site.ServerEvent>(event: E, data: site.ServerData<E>): void
  /** Gives up the place in the conversation, if there is one. */
  leavePlace(conversationId: ConversationId): void
  /** The client may be warned anew before the token ends. */
  renewed(): void
}

/** A request on this wire. */
export interface SiteContext extends RequestContext {
  readonly identity: Identity
  readonly session: SiteUser
  /** Done as soon as the answer is queued, before anything else is. */
  readonly afterAnswer: (() => void)[]
}
