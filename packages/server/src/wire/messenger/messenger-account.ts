import type { Call, CallId, PersonStatus, UserEvent, UserId } from '@parley/core'

/** What one client was told of people and calls: what it may have missed is found by comparing. */
export class MessengerAccount {
  readonly #people = new Map<UserId, string>()
  readonly #calls = new Map<CallId, Call>()

  /** What the client knows of people; compared with `markOf`. */
  get people(): ReadonlyMap<UserId, string> {
    return this.#people
  }

  /** The calls that are not over for the client. */
  get calls(): ReadonlyMap<CallId, Call> {
    return this.#calls
  }

  told(event: UserEvent): void {
    switch (event.type) {
      case 'status.changed':
        this.#people.set(event.person.userId, markOf(event.person))
        break
      case 'call.ringing':
      case 'call.answered':
      case 'call.rejected':
        this.toldCall(event.call)
        break
      case 'call.ended':
        this.forgetCall(event.callId)
        break
    }
  }

  /** Takes note of somebody from an answer: what was told of them before is newer than it. */
  learn(person: PersonStatus): void {
    if (!this.#people.has(person.userId)) this.#people.set(person.userId, markOf(person))
  }

  forgetPerson(userId: UserId): void {
    this.#people.delete(userId)
  }

  toldCall(call: Call): void {
    if (call.state === 'ended') this.#calls.delete(call.id)
    else this.#calls.set(call.id, call)
  }

  forgetCall(id: CallId): void {
    this.#calls.delete(id)
  }
}

export function markOf({ status, customStatus }: PersonStatus): string {
  return customStatus === null ? status : `${status} ${customStatus}`
}
