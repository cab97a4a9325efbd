import {
  type Call,
  type ConversationKind,
  type CoreOptions,
  newConversation,
  type SessionCaller,
  type UserEvent,
  type UserEventType,
} from '@parley/core'
import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'

type Told<T extends UserEventType> = Extract<UserEvent, { readonly type: T }>

/** One device of somebody, and what it was told since it came. */
export interface Device {
  readonly caller: SessionCaller
  readonly heard: readonly UserEvent[]
  /** Its events of this type. */
  told<T extends UserEventType>(type: T): Told<T>[]
  /** The connection is lost. */
  lose(): Promise<void>
  initiate(conversationId: string, offer?: unknown): Promise<Call>
  answer(callId: string, answer?: unknown): Promise<Call>
  reject(callId: string, reason?: string): Promise<void>
  end(callId: string): Promise<void>
}

export interface DevicesFixture {
  readonly core: TestCore
  /** Somebody connects; `session` tells their devices apart. */
  connect(userId: string, session?: string): Promise<Device>
  /** A stored conversation of these people, the first of them its host. */
  chat(kind: ConversationKind, ...userIds: readonly string[]): Promise<string>
}

/** Presence leases last a day, so that time can pass without renewals. */
export function openDevices(options: Partial<CoreOptions> = {}): DevicesFixture {
  const core = createTestCore(options)
  let chats = 0

  return {
    core,

    async connect(userId, session = '1') {
      const caller = personOf(userId, session)
      const heard: UserEvent[] = []
      const stop = core.ports.bus.subscribeUser(userId, ({ event, onlySession, exceptSession }) => {
        if (onlySession !== null && onlySession !== caller.sessionId) return
        if (exceptSession !== caller.sessionId) heard.push(event)
      })
      await core.connect(caller, { avatar: null, roles: [] })
      await core.clock.advance(0)
      return {
        caller,
        heard,
        told: (type) => heard.filter((event): event is Told<typeof type> => event.type === type),
        async lose() {
          stop()
          await core.disconnect(caller)
        },
        initiate: (conversationId, offer = null) =>
          core.initiateCall(caller, { conversationId, media: 'audio', offer }),
        answer: (callId, answer = null) => core.answerCall(caller, { callId, answer }),
        reject: (callId, reason) => core.rejectCall(caller, { callId, reason: reason ?? null }),
        end: (callId) => core.endCall(caller, { callId }),
      }
    },

    async chat(kind, ...userIds) {
      chats += 1
      const id = `${kind}-chat-${chats}`
      const now = core.clock.now()
      const [hostId = ''] = userIds
      await core.ports.conversations.create(
        newConversation({
          ...{ id, kind, name: id, hostId, createdAt: now, maxParticipants: 100, quotaKey: hostId },
          expiresAt: kind === 'room' ? now + 3_600_000 : null,
        }),
        'epoch',
        userIds.map((userId) => ({
          ...{ userId, name: userId.toUpperCase(), joinedAt: now, absentSince: null, hasEntered: true },
          role: userId === hostId ? 'host' : 'speaker',
        })),
        100,
      )
      return id
    },
  }
}
