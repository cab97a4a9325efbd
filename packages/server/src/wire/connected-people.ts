import type { UserId } from '@parley/core'
import type { Session } from './session.ts'
import type { ConnectedPerson } from './wires.ts'

/** The people behind these sessions, in the order in which they come first. */
export function connectedPeople(sessions: readonly Session[]): ConnectedPerson[] {
  const people = new Map<UserId, ConnectedPerson>()
  for (const { identity, wire, outbound, lastActivityAt, voicePlace } of sessions) {
    const { userId, name, kind } = identity
    const known = people.get(userId)
    people.set(userId, {
      userId,
      name: known?.name ?? name,
      isGuest: kind === 'guest',
      connections: (known?.connections ?? 0) + 1,
      wires:
        known === undefined || known.wires.includes(wire.name)
          ? (known?.wires ?? [wire.name])
          : [...known.wires, wire.name],
      lastActiveAt: Math.max(known?.lastActiveAt ?? 0, lastActivityAt),
      queuedBytes: (known?.queuedBytes ?? 0) + outbound.queuedBytes,
      isInVoice: known?.isInVoice === true || voicePlace !== null,
    })
  }
  return [...people.values()]
}
