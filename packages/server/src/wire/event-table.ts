import type { DomainEvent, DomainEventType } from '@parley/core'

/** The members of the union `E` that may be of type `T`. */
type OfType<E, T> = E extends { readonly type: infer U } ? (T extends U ? E : never) : never

/** How a wire says each of the core's events: the compiler asks for every new one. */
export type EventTable<Message> = {
  readonly [T in DomainEventType]: ((event: OfType<DomainEvent, T>) => Message) | 'not carried'
}

/** The wire's message for `event`; `null` when the wire does not carry it. */
export function translate<Message>(table: EventTable<Message>, event: DomainEvent): Message | null {
  const entry = table[event.type]
  // The table's type pairs each entry with its own event, which an index by a union can't express.
  return entry === 'not carried' ? null : entry(event as never)
}
