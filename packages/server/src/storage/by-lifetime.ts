import type { ConversationId, CorePorts, Deadline, UserId, UserStore } from '@parley/core'

type LastingPorts = Pick<
  CorePorts,
  'conversations' | 'messages' | 'receipts' | 'inbox' | 'notifications' | 'users' | 'calls' | 'deadlines'
>
/** The ports for rooms, and for who is here now: nothing that has to outlast the process. */
type PassingPorts = Pick<CorePorts, 'conversations' | 'messages' | 'receipts' | 'deadlines'> &
  Pick<CorePorts, 'presence' | 'status' | 'voice'> & { readonly users: Pick<UserStore, 'everIn' | 'erase'> }
type HomePorts = Pick<CorePorts, 'conversations' | 'messages' | 'receipts'>

/** Deadlines of calls, whose conversations last. All others are of rooms. */
const LASTING_DEADLINE = /^(ring|gone):/

/**
 * One set of stores over two: what ends is in `passing`, what lasts in `lasting`. A conversation is looked for by its
 * id among those that end first, so that rooms stay open while a database is away; not when `mayEnd` says that an id
 * is none of theirs, so that what lasts has nothing to do with where rooms are.
 */
export function storesByLifetime(
  passing: PassingPorts,
  lasting: LastingPorts,
  mayEnd: (id: ConversationId) => boolean = () => true,
): LastingPorts & PassingPorts {
  async function homeOf(id: ConversationId): Promise<HomePorts> {
    return mayEnd(id) && (await passing.conversations.load(id)) !== null ? passing : lasting
  }

  return {
    ...lasting,
    presence: passing.presence,
    status: passing.status,
    voice: passing.voice,
    conversations: {
      async create(conversation, ...rest) {
        const { conversations } = conversation.kind === 'room' ? passing : lasting
        return (await homeOf(conversation.id)) === lasting ? conversations.create(conversation, ...rest) : 'exists'
      },
      load: async (id) => (mayEnd(id) ? await passing.conversations.load(id) : null) ?? lasting.conversations.load(id),
      // Tried, and not looked for before: a message is one step. Both alike, so that what they report stays in the
      // order of the revs.
      async appendState(id, write) {
        const appended = mayEnd(id) ? await passing.conversations.appendState(id, write) : null
        return appended === null || appended.status === 'gone' ? lasting.conversations.appendState(id, write) : appended
      },
      async append(id, write) {
        const appended = mayEnd(id) ? await passing.conversations.append(id, write) : null
        return appended === null || appended.status === 'gone' ? lasting.conversations.append(id, write) : appended
      },
      changesSince: async (id, ...rest) => (await homeOf(id)).conversations.changesSince(id, ...rest),
      eraseMember: async (id, ...rest) => (await homeOf(id)).conversations.eraseMember(id, ...rest),
      // Rooms end before any of their messages is old.
      prune: lasting.conversations.prune,
      delete: async (id) => (await homeOf(id)).conversations.delete(id),
      listRooms: (limit, cursor) => passing.conversations.listRooms(limit, cursor),
      async count() {
        const [rooms, chats] = await Promise.all([passing.conversations.count(), lasting.conversations.count()])
        return { conversations: rooms.conversations + chats.conversations, members: rooms.members + chats.members }
      },
    },
    messages: {
      get: async (id, messageId) => (await homeOf(id)).messages.get(id, messageId),
      findByClientId: async (id, ...rest) => (await homeOf(id)).messages.findByClientId(id, ...rest),
      page: async (id, query) => (await homeOf(id)).messages.page(id, query),
    },
    receipts: {
      advance: async (id, ...rest) => (await homeOf(id)).receipts.advance(id, ...rest),
      cursors: async (id) => (await homeOf(id)).receipts.cursors(id),
    },
    users: {
      ...lasting.users,
      async everIn(id) {
        const [rooms, chats] = await Promise.all([passing.users.everIn(id), lasting.users.everIn(id)])
        return [...rooms, ...chats]
      },
      erase: async (id: UserId) => void (await Promise.all([passing.users.erase(id), lasting.users.erase(id)])),
    },
    deadlines: deadlinesByLifetime(passing, lasting),
  }
}

function deadlinesByLifetime(
  { deadlines: passing }: Pick<PassingPorts, 'deadlines'>,
  { deadlines: lasting }: Pick<LastingPorts, 'deadlines'>,
): CorePorts['deadlines'] {
  const homeOf = (key: string) => (LASTING_DEADLINE.test(key) ? lasting : passing)

  return {
    set: (deadline) => homeOf(deadline.key).set(deadline),
    clear: (key, ifAt) => homeOf(key).clear(key, ifAt),
    async claim(now, leaseMs, limit) {
      const [rooms] = await Promise.allSettled([passing.claim(now, leaseMs, limit)])
      // Rooms end on time also while calls can't be looked at; these are claimed in a later round.
      if (rooms.status === 'fulfilled' && rooms.value.length > 0) return rooms.value
      const calls: readonly Deadline[] = await lasting.claim(now, leaseMs, limit)
      // And calls stop ringing while rooms can't be.
      if (rooms.status === 'rejected' && calls.length === 0) throw rooms.reason
      return calls
    },
  }
}
