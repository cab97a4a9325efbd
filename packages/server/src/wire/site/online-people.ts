import type { site } from '@parley/protocol'
import type { SiteUser } from './site-wire.ts'

/** Those who can be seen as connected and share a conversation with the user; with a guest, a room that both are in now. */
export async function onlinePeople(session: SiteUser): Promise<site.ServerData<'presence:list'>> {
  const { core } = session.wire.foundation
  if (session.identity.kind === 'user') {
    const people = await core.onlineContacts(session.caller)
    return listOf(people.map(({ userId, name, status }) => ({ userId, name, status })))
  }
  const inRooms = await Promise.all([...session.places.keys()].map((id) => core.members(session.caller, id)))
  const others = inRooms.flat().filter(({ online, member }) => online && member.userId !== session.identity.userId)
  const users = new Map(
    others.map(({ member: { userId, name }, status }) => [userId, { userId, name, status }] as const),
  )
  return listOf([...users.values()])
}

function listOf(users: site.ServerData<'presence:list'>['users']): site.ServerData<'presence:list'> {
  return { users, count: users.length }
}
