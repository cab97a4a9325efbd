import type { Presence } from '@parley/protocol/messenger'
import type { Person } from './chat-manager-types.ts'

export interface PeopleOptions {
  /** Asks to be told of them from now on; resolves with how they are seen now. */
  readonly follow: (userIds: readonly string[]) => Promise<readonly Presence[]>
  readonly onChange: () => void
}

/** People whom the page shows, and how they are seen. */
export interface People {
  /** The same map until something changes. */
  all(): ReadonlyMap<string, Person>
  /** These are shown: they are followed when there is a socket to follow them on. */
  meet(people: readonly { readonly userId: string; readonly name: string }[]): void
  presence(presence: Presence): void
  /** There is a socket: everybody is followed anew. */
  resume(): void
  /** There is none: nothing is known of anybody. */
  pause(): void
}

const MAX_PER_REQUEST = 200

export function createPeople({ follow, onChange }: PeopleOptions): People {
  let people: ReadonlyMap<string, Person> = new Map()
  let isUp = false
  let unfollowed = new Set<string>()

  function put(changes: readonly Person[]): void {
    if (changes.length === 0) return
    people = new Map([...people, ...changes.map((person) => [person.userId, person] as const)])
    onChange()
  }

  function seen({ userId, status, lastSeen }: Presence): Person[] {
    const known = people.get(userId)
    if (known === undefined || (known.status === status && known.lastSeen === lastSeen)) return []
    return [{ ...known, status, lastSeen }]
  }

  function followAll(): void {
    if (!isUp) return
    const ids = [...unfollowed]
    unfollowed = new Set()
    for (let start = 0; start < ids.length; start += MAX_PER_REQUEST) {
      const chunk = ids.slice(start, start + MAX_PER_REQUEST)
      follow(chunk).then(
        (users) => put(users.flatMap(seen)),
        // With the next socket, or the next person, they are asked for again.
        () => {
          for (const id of chunk) unfollowed.add(id)
        },
      )
    }
  }

  return {
    all: () => people,
    meet(them) {
      const news = them.filter(({ userId, name }) => people.get(userId)?.name !== name)
      for (const { userId } of news) if (!people.has(userId)) unfollowed.add(userId)
      put(
        news.map(({ userId, name }) => {
          const { status = null, lastSeen = null } = people.get(userId) ?? {}
          return { userId, name, status, lastSeen }
        }),
      )
      if (news.length > 0) followAll()
    },
    presence: (presence) => put(seen(presence)),
    resume() {
      isUp = true
      unfollowed = new Set(people.keys())
      followAll()
    },
    pause() {
      isUp = false
      put([...people.values()].filter(({ status }) => status !== null).map((person) => ({ ...person, status: null })))
    },
  }
}
