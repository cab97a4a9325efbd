import { createRandom, type Random, replay, viewOfState } from '@parley/testkit/contracts'
import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'
import { DomainError } from '../errors.ts'
import type { DurableEvent } from '../events.ts'
import type { Role } from './conversation.ts'

const SEEDS = [7, 20_302, 424_242]
const STEPS = 500
const USERS = ['ann', 'bob', 'carl', 'dora', 'eve']
const ROLES: Role[] = ['host', 'moderator', 'speaker', 'listener']
const REFUSALS = [
  'FORBIDDEN',
  'NOT_IN_ROOM',
  'KICKED',
  'ROOM_FULL',
  'ROOM_LOCKED',
  'MESSAGE_NOT_FOUND',
  'USER_NOT_FOUND',
  'VALIDATION_FAILED',
]

describe('whatever people do in a room', () => {
  test.each(SEEDS)('events tell all of it, and its rules hold (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const core = createTestCore()
    const roomId = await core.openRoom({ hasLobby: seed === SEEDS[0], maxParticipants: 4, minutes: 120 })
    const start = await readView(core, roomId)
    const told: DurableEvent[] = []
    core.ports.bus.subscribe(roomId, ({ event }) => {
      if ('rev' in event) told.push(event)
    })
    for (let step = 0; step < STEPS; step += 1) {
      const atOnce = Array.from({ length: 1 + random.integer(3) }, () => act(random, core, roomId))
      await Promise.all(atOnce)
      if (random.integer(20) === 0) await core.clock.advance(random.integer(70_000))
      if (random.integer(100) === 0) await core.clock.advance(310_000)
      await checkRules(core, roomId)
    }
    const final = await readView(core, roomId)
    expect(final.rev).toBeGreaterThan(50)
    expect(replay(start, told)).toEqual(final)
    expect(core.reported).toEqual([])
  })
})

async function readView(core: TestCore, roomId: string) {
  const state = await core.ports.conversations.load(roomId)
  if (!state) throw new Error('the room ended too early')
  const { messages } = await core.ports.messages.page(roomId, { limit: 10_000 })
  return viewOfState(state, messages)
}

async function checkRules(core: TestCore, roomId: string): Promise<void> {
  const state = await core.ports.conversations.load(roomId)
  if (!state) throw new Error('the room ended too early')
  const { conversation, members } = state
  const hosts = [...members.values()].filter((member) => member.role === 'host')
  const host = members.get(conversation.hostId)
  expect(hosts).toEqual(host ? [host] : [])
  expect(members.size).toBeLessThanOrEqual(conversation.maxParticipants)
  expect(new Set(Array.from(members.values(), (member) => member.name)).size).toBe(members.size)
  for (const userId of conversation.banned) expect(members.has(userId)).toBe(false)
  for (const { userId } of conversation.waiting) expect(members.has(userId)).toBe(false)
  const online = await core.ports.presence.online(roomId, core.clock.now())
  for (const member of members.values()) {
    if (member.absentSince === null) expect(online).toContain(member.userId)
  }
}

/** One thing that somebody does, allowed or not. */
async function act(random: Random, core: TestCore, roomId: string): Promise<void> {
  const caller = personOf(random.pick(USERS), `${random.integer(2)}`)
  const userId = random.pick(USERS)
  const messageId = core.eventsOf('message.sent').at(-1 - random.integer(5))?.message.id ?? 'none'
  const at = { conversationId: roomId }
  const actions: (() => Promise<unknown>)[] = [
    () => core.arrive(caller.userId, roomId, caller.sessionId.slice(-1)),
    () => core.arrive(caller.userId, roomId, caller.sessionId.slice(-1)),
    () => core.exit(caller, roomId),
    () => core.ask(roomId, { name: caller.name, caller }),
    () => core.leave(caller, roomId),
    () => core.say(caller.userId, roomId, 'hello', `c${random.integer(50)}`),
    () => core.edit(caller, { ...at, messageId, content: 'changed' }),
    () => core.react(caller, { ...at, messageId, emoji: random.pick(['👍', '👎']), on: null }),
    () => core.deleteMessage(caller, { ...at, messageId }),
    () => core.typing(caller, { ...at, isTyping: true }),
    () => core.lock(caller, { ...at, isLocked: random.integer(3) === 0 }),
    () => core.kick(caller, { ...at, userId, ban: random.integer(200) === 0 }),
    () => core.setRole(caller, { ...at, userId, role: random.pick(ROLES) }),
    () => core.admit(caller, { ...at, userId, admit: random.integer(4) > 0 }),
    () => core.extend(caller, { ...at, minutes: 60 }),
  ]
  try {
    await random.pick(actions)()
  } catch (error) {
    if (!(error instanceof DomainError) || !REFUSALS.includes(error.code)) throw error
  }
}
