import type { ConversationId, DomainEvent, UserEvent, UserId } from '@parley/core'
import type { messenger } from '@parley/protocol'
import type { Identity } from '../../auth/authenticator.ts'
import type { RequestContext } from '../dispatch.ts'
import type { Frame } from '../frame.ts'
import { MemberLists } from '../member-lists.ts'
import type { Session } from '../session.ts'
import type { Subscription, Topic, Wire } from '../topic.ts'
import type { WireFoundation } from '../wire-foundation.ts'
import { encodeEvent, encodeUserEvent } from './events.ts'
import type { MessengerAccount } from './messenger-account.ts'
import { memberView } from './views.ts'
import { VoiceUpdates } from './voice-updates.ts'

/** The messenger wire of this process. */
export class MessengerWire implements Wire {
  readonly name = 'messenger'
  readonly foundation: WireFoundation
  readonly voice: VoiceUpdates
  readonly lists = new MemberLists(memberView)

  constructor(foundation: WireFoundation) {
    this.foundation = foundation
    this.voice = new VoiceUpdates({ ...foundation, subscriptionsIn: (topic) => topic.byWire.get(this) ?? [] })
  }

  encode(event: DomainEvent): Frame | null {
    return encodeEvent(event)
  }

  encodeUser(event: UserEvent): Frame | null {
    return encodeUserEvent(event)
  }

  observe(event: DomainEvent, topic: Topic): void {
    if (event.type === 'voice.changed') this.voice.changed(topic)
  }
}

/** A session of this wire as its commands use it. */
export interface MessengerMember extends Session {
  readonly wire: MessengerWire
  readonly places: Map<ConversationId, Subscription>
  /** The users whose presence the client follows. */
  readonly watched: Set<UserId>
  /** What the client was told of people and calls. */
  readonly account: MessengerAccount
  /** The chat in whose voice the session is. */
  voice: ConversationId | null
  emit<E extends messenger.ServerEvent>(event: E, data: messenger.ServerData<E>): void
  /** Gives up the place in the chat, if there is one. */
  leavePlace(conversationId: ConversationId): void
  /** The client may be warned anew before the token ends. */
  renewed(): void
}

/** A request on this wire. */
export interface MessengerContext extends RequestContext {
  readonly identity: Identity
  readonly session: MessengerMember
  /** Done as soon as the answer is queued, before anything else is. */
  readonly afterAnswer: (() => void)[]
}
