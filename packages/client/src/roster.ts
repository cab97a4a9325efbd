import type { Role } from '@parley/protocol'
import type { Member, PresenceStatus } from '@parley/protocol/messenger'

/** The members of a chat. Members that did not change stay the same objects, and so does the list. */
export interface Roster {
  /** In the order they came. */
  list(): readonly Member[]
  get(userId: string): Member | undefined
  /** Also of those who left; empty for somebody never heard of. */
  nameOf(userId: string): string
  /** Remembers a name without a seat. */
  learn(userId: string, name: string): void
  replace(members: readonly Member[]): void
  put(member: Member): void
  remove(userId: string): void
  setRoles(roles: readonly { readonly userId: string; readonly role: Role }[]): void
  setPresence(userId: string, status: PresenceStatus): void
}

export function createRoster(): Roster {
  let byId = new Map<string, Member>()
  const names = new Map<string, string>()
  let list: readonly Member[] | null = null

  function put(member: Member): void {
    names.set(member.userId, member.name)
    const before = byId.get(member.userId)
    if (before !== undefined && isSame(before, member)) return
    byId.set(member.userId, member)
    list = null
  }

  function change(userId: string, fields: Partial<Member>): void {
    const member = byId.get(userId)
    if (member !== undefined) put({ ...member, ...fields })
  }

  return {
    list() {
      list ??= [...byId.values()]
      return list
    },
    get: (userId) => byId.get(userId),
    nameOf: (userId) => names.get(userId) ?? '',
    learn: (userId, name) => void names.set(userId, name),
    replace(members) {
      const before = byId
      const isSameList =
        members.length === before.size && [...before.keys()].every((id, index) => id === members[index]?.userId)
      byId = new Map()
      const previous = list
      for (const member of members) {
        names.set(member.userId, member.name)
        const known = before.get(member.userId)
        byId.set(member.userId, known !== undefined && isSame(known, member) ? known : member)
      }
      const isUnchanged = isSameList && members.every(({ userId }) => byId.get(userId) === before.get(userId))
      list = isUnchanged ? previous : null
    },
    put,
    remove(userId) {
      if (byId.delete(userId)) list = null
    },
    setRoles(roles) {
      for (const { userId, role } of roles) change(userId, { role })
    },
    setPresence: (userId, status) => change(userId, { status, online: status !== 'offline' }),
  }
}

const isSame = (a: Member, b: Member): boolean =>
  a.name === b.name &&
  a.role === b.role &&
  a.joinedAt === b.joinedAt &&
  a.online === b.online &&
  a.status === b.status &&
  a.voice.joined === b.voice.joined &&
  a.voice.muted === b.voice.muted &&
  a.voice.speaking === b.voice.speaking
