import {
  type Addressed,
  type Conversation,
  type Core,
  type CoreOptions,
  type CorePorts,
  type CreateRoom,
  createCore,
  DEFAULT_LIMITS,
  type DomainEventType,
  type EventOf,
  type IdSource,
  type Invitee,
  type JoinRoom,
  type Member,
  type Notification,
  type Published,
  type SessionCaller,
  type UserEvent,
  type UserEventType,
} from '@parley/core'
import { createPasswordHasher } from '@parley/server/auth/password-hasher'
import { createMemoryBus } from '@parley/server/bus/memory'
import { openMemoryStores } from '@parley/server/storage/memory'
import { createClockedRateLimiter } from './clocked-rate-limiter.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'
import { createMemoryMediaPlane } from './memory-media-plane.ts'

const DAY_MS = 86_400_000

type CreateConversation = Parameters<Core['createConversation']>[1]
type UserEventOf<T extends UserEventType> = Extract<UserEvent, { readonly type: T }>

/** A core on memory stores and a fake clock, with short words for what tests do with it. */
export interface TestCore extends Core {
  readonly clock: FakeClock
  readonly ports: CorePorts
  /** Everything published so far, in order. */
  readonly published: Published[]
  /** Everything told to people on all of their connections so far, in order. */
  readonly addressed: Addressed[]
  /** Failures in the core's timed work. */
  readonly reported: unknown[]
  /** The events of one type published so far. */
  eventsOf<T extends DomainEventType>(type: T): EventOf<T>[]
  /** The events of one type that this user was told so far. */
  toldTo<T extends UserEventType>(userId: string, type: T): UserEventOf<T>[]
  /** Forgets what was published so far. */
  forget(): void
  /** Opens a room, by default an open one for ten people and an hour, whose host `ann` is inside. */
  openRoom(input?: Partial<CreateRoom>): Promise<string>
  /** Opens a group that lasts; the first of these people makes it. */
  openGroup(userIds: readonly [string, ...string[]], input?: Partial<CreateConversation>): Promise<string>
  /** Opens the direct conversation of these two, made by the first. */
  openDirect(one: string, other: string): Promise<string>
  /** Lets somebody come in under their id as name; `session` tells several of them apart. */
  arrive(userId: string, roomId: string, session?: string): ReturnType<Core['enter']>
  ask(roomId: string, input?: Partial<JoinRoom>): ReturnType<Core['joinRoom']>
  say(userId: string, roomId: string, content: string, clientId?: string): ReturnType<Core['send']>
  /** What waits for somebody. */
  waiting(userId: string): Promise<readonly Notification[]>
  settings(roomId: string): Promise<Conversation>
  member(roomId: string, userId: string): Promise<Member | undefined>
}

/** Somebody with a connection, who has no token for a room. */
export function personOf(userId: string, session = '1', room: string | null = null): SessionCaller {
  return { userId, name: userId, room, sessionId: `${userId}-${session}` }
}

/** Somebody who is to be a member, named as they are known. */
export function inviteeOf(userId: string): Invitee {
  return { userId, name: null, role: null }
}

/** Presence leases last a day unless a test says otherwise, so that time can pass without renewals. */
export function createTestCore(options: Partial<CoreOptions> = {}, shared: Partial<CorePorts> = {}): TestCore {
  const published: Published[] = []
  const addressed: Addressed[] = []
  const reported: unknown[] = []
  const clock = createFakeClock()
  const memoryBus = createMemoryBus()
  const ports: CorePorts = {
    ...openMemoryStores(),
    media: createMemoryMediaPlane(),
    bus: {
      publish(one) {
        published.push(one)
        memoryBus.publish(one)
      },
      subscribe: memoryBus.subscribe,
      publishToUsers(one) {
        addressed.push(one)
        memoryBus.publishToUsers(one)
      },
      subscribeUser: memoryBus.subscribeUser,
    },
    limiter: createClockedRateLimiter(clock, DEFAULT_LIMITS),
    clock,
    ids: createCountingIds(),
    passwords: createPasswordHasher(),
    report: (error) => reported.push(error),
    ...shared,
  }
  const core = createCore(ports, { presenceLeaseMs: DAY_MS, ...options })

  return {
    ...core,
    clock,
    ports,
    published,
    addressed,
    reported,
    eventsOf: (type) => published.flatMap(({ event }) => (event.type === type ? [event as EventOf<typeof type>] : [])),
    toldTo: (userId, type) =>
      addressed.flatMap(({ event, userIds }) =>
        event.type === type && userIds.includes(userId) ? [event as UserEventOf<typeof type>] : [],
      ),
    forget() {
      published.length = 0
      addressed.length = 0
    },
    async openRoom(input = {}) {
      const { snapshot } = await core.createRoom({
        name: 'Room',
        hostName: 'ann',
        host: 'ann',
        maxParticipants: 10,
        minutes: 60,
        password: null,
        hasLobby: false,
        encrypted: false,
        address: '192.0.2.1',
        ...input,
      })
      const { id, hostId } = snapshot.conversation
      await core.enter(personOf(hostId, '1', id), {
        conversationId: id,
        name: null,
        since: null,
        address: '192.0.2.1',
      })
      return id
    },
    async openGroup([creator, ...others], input = {}) {
      const { details } = await core.createConversation(personOf(creator), {
        ...{ id: null, kind: 'group', name: 'Group', retentionDays: null },
        members: others.map(inviteeOf),
        ...input,
      })
      return details.conversation.id
    },
    async openDirect(one, other) {
      const { details } = await core.createConversation(personOf(one), {
        ...{ id: null, kind: 'direct', name: null, retentionDays: null },
        members: [inviteeOf(other)],
      })
      return details.conversation.id
    },
    waiting: (userId) => core.pendingNotifications(personOf(userId)),
    arrive: (userId, roomId, session) =>
      core.enter(personOf(userId, session), {
        conversationId: roomId,
        name: null,
        since: null,
        address: '192.0.2.2',
      }),
    ask: (roomId, input = {}) =>
      core.joinRoom({ roomId, name: 'guest', caller: null, password: null, address: '192.0.2.2', ...input }),
    say: (userId, conversationId, content, clientId) =>
      core.send(personOf(userId), {
        conversationId,
        content,
        type: 'text',
        clientId: clientId ?? null,
        replyTo: null,
        metadata: null,
      }),
    async settings(roomId) {
      const state = await ports.conversations.load(roomId)
      if (!state) throw new Error(`no room ${roomId}`)
      return state.conversation
    },
    async member(roomId, userId) {
      return (await ports.conversations.load(roomId))?.members.get(userId)
    },
  }
}

/** Ids that are the same in every run. */
export function createCountingIds(): IdSource {
  let count = 0
  const next = (prefix: string, length: number) => {
    count += 1
    return prefix + String(count).padStart(length, '0')
  }
  return {
    roomId: () => next('', 12),
    userId: () => next('guest-', 4),
    conversationId: () => next('c_', 4),
    directId: (one, other) => `d_${[one, other].sort().join('+')}`,
    callId: () => next('call-', 4),
    notificationId: () => next('notification-', 6),
    messageId: () => next('message-', 6),
    epoch: () => next('epoch-', 4),
  }
}
