import type { PersonStatus } from '@parley/core'
import { encodeUserEvent } from './events.ts'
import { markOf } from './messenger-account.ts'
import type { MessengerMember } from './messenger-wire.ts'
import { presenceView } from './views.ts'

/** Tells the client how people and calls stand where that is not what it was told last. */
export async function catchUp(session: MessengerMember): Promise<void> {
  if (session.identity.kind === 'guest') return
  await catchUpPeople(session)
  await catchUpCalls(session)
}

async function catchUpPeople(session: MessengerMember): Promise<void> {
  const { account, wire } = session
  const before = new Map(account.people)
  if (before.size === 0) return
  const isNews = (person: PersonStatus): boolean => before.get(person.userId) !== markOf(person)
  const people = await wire.foundation.core.toldStatuses(session.caller, [...before.keys()], isNews)
  for (const person of people) {
    const { userId } = person
    // Whoever was told of meanwhile is as was told.
    if (account.people.get(userId) !== before.get(userId)) continue
    account.forgetPerson(userId)
    account.learn(person)
    session.emit('presence:update', presenceView(person))
  }
}

async function catchUpCalls(session: MessengerMember): Promise<void> {
  const { account, wire } = session
  const before = new Map(account.calls)
  const missed = await wire.foundation.core.missedCalls(session.caller, [...before.values()])
  const settled = new Set([...account.calls].filter(([id, call]) => before.get(id) !== call).map(([id]) => id))
  for (const [id] of before) if (!account.calls.has(id)) settled.add(id)
  for (const event of missed) {
    if (settled.has(event.type === 'call.ended' ? event.callId : event.call.id)) continue
    const frame = encodeUserEvent(event)
    if (frame !== null) session.outbound.push(frame, false)
    account.told(event)
  }
}
