import type { DomainEvent, UserEvent } from '@parley/core'

type AnyEvent = DomainEvent | UserEvent

/** The members of the union `E` that may be of type `T`. */
type OfType<E, T> = E extends { readonly type: infer U } ? (T extends U ? E : never) : never

type Table<Event extends AnyEvent, Message> = {
  readonly [T in Event['type']]: ((event: OfType<Event, T>) => Message) | 'not carried'
}

/** How a wire says each of the core's events: the compiler asks for every new one. */
export type EventTable<Message> = Table<DomainEvent, Message>

/** The same for events that concern a person on all of their connections. */
export type UserEventTable<Message> = Table<UserEvent, Message>

/** The wire's message for `event`; `null` when the wire does not carry it. */
export function translate<Message, Event extends AnyEvent = DomainEvent>(
  table: Table<Event, Message>,
  event: Event,
): Message | null {
  const entry: ((event: never) => Message) | 'not carried' = table[event.type as Event['type']]
  // The table's type pairs each entry with its own event, which an index by a union can't express.
  return entry === 'not carried' ? null : entry(event as never)
}
