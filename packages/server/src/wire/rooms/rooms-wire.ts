import type { DomainEvent } from '@parley/core'
import type { rooms } from '@parley/protocol'
import type { Identity } from '../../auth/authenticator.ts'
import type { RequestContext } from '../dispatch.ts'
import type { Frame } from '../frame.ts'
import { MemberLists } from '../member-lists.ts'
import type { Session } from '../session.ts'
import type { Subscription, Topic, Wire } from '../topic.ts'
import type { WireFoundation } from '../wire-foundation.ts'
import { encodeEvent } from './events.ts'
import { ParticipantUpdates } from './participant-updates.ts'
import { participantView } from './views.ts'

/** The rooms wire of this process. */
export class RoomsWire implements Wire {
  readonly name = 'rooms'
  readonly foundation: WireFoundation
  readonly participants: ParticipantUpdates
  readonly lists = new MemberLists(participantView)

  constructor(foundation: WireFoundation) {
    this.foundation = foundation
    this.participants = new ParticipantUpdates({
      ...foundation,
      lists: this.lists,
      subscriptionsIn: (topic) => this.subscriptionsIn(topic),
    })
  }

  encode(event: DomainEvent): Frame | null {
    return encodeEvent(event)
  }

  /** People are known here by the room that they are in. */
  encodeUser(): null {
    return null
  }

  observe(event: DomainEvent, topic: Topic): void {
    this.participants.observe(event, topic)
  }

  /** This wire's places in the conversation, in the order in which they were taken. */
  subscriptionsIn(topic: Topic): Iterable<Subscription> {
    return topic.byWire.get(this) ?? []
  }
}

/** A session of this wire as its commands use it. */
export interface RoomsParticipant extends Session {
  readonly wire: RoomsWire
  /** The one room that the session is in, joining, or waiting for. */
  place: Subscription | null
  /** The name that the client joined with. */
  joinName: string | null
  send(message: rooms.ServerMessage | rooms.RoomEvent): void
  /** Gives up the place in the room, if any. */
  leavePlace(): void
}

/** A request on this wire. */
export interface RoomsContext extends RequestContext {
  readonly identity: Identity
  readonly session: RoomsParticipant
  /** What the client wants its answer to carry. */
  readonly ref: string | undefined
}

/** The answer to a command, before its `ref`; `null` when there is nothing to add. */
export type RoomsReply = rooms.ServerMessage<'ok'> | rooms.ServerMessage<'pong'> | rooms.ServerMessage<'token'> | null
