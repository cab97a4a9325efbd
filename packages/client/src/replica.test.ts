import type { Message } from '@parley/protocol/messenger'
import { describe, expect, test } from 'vitest'
import { createReplica, type Replica } from './replica.ts'
import type { Change } from './sequencer.ts'
import { createModelChat } from './testing/model-chat.ts'
import { createRandom } from './testing/random.ts'
import type { TimelineMessage } from './types.ts'

const messagesOf = (replica: Replica): Message[] =>
  replica.timeline
    .items([])
    .filter((item): item is TimelineMessage => item.kind === 'message')
    .map(({ message }) => message)

interface Options {
  readonly onErased?: () => void
  readonly onHole?: () => void
  readonly onMessage?: (message: Message) => void
  readonly onOwn?: (tempId: string) => void
}

const replicaOf = ({ onErased, onHole, onMessage, onOwn }: Options = {}): Replica =>
  createReplica({
    selfId: () => 'u1',
    onOwn: (tempId) => onOwn?.(tempId),
    onMessage: (message) => onMessage?.(message),
    onSelfLeft: () => undefined,
    onErased: () => onErased?.(),
    onHole: () => onHole?.(),
  })

/**
 * Events come late, twice, in the wrong order or never; the client joins again with and without luck, and loads
 * older messages meanwhile. In the end it must have what the server has.
 */
function wander(seed: number, steps: number): void {
  const random = createRandom(seed)
  const server = createModelChat(random)
  const heard: string[] = []
  let holes = 0
  const replica = replicaOf({ onHole: () => (holes += 1), onMessage: ({ id }) => heard.push(id) })
  const underway: Change[] = []
  let delivered = 0
  let page: { readonly before: number; readonly answer: ReturnType<typeof server.history> } | null = null

  const join = (): void => {
    replica.hold()
    const since = random() < 0.9 ? replica.position : null
    // What was sent before the answer arrives before it, what happens after it may arrive before it is read.
    for (const change of underway) if (random() < 0.8) replica.offer(change.event, change.data)
    underway.length = 0
    const view = server.join(since, random() < 0.8 ? 1000 : 10)
    if (random() < 0.5) server.act()
    for (const change of server.changes.slice(view.rev)) replica.offer(change.event, change.data)
    if (replica.join(view) === 'unusable') replica.join(server.join(null, 0))
    delivered = server.rev
  }

  join()
  for (let step = 0; step < steps; step += 1) {
    server.act()
    underway.push(...server.changes.slice(delivered))
    delivered = server.rev
    const dice = random()
    if (dice < 0.1) underway.splice(Math.floor(random() * underway.length), 1)
    else if (dice < 0.2) underway.push(...underway.slice(0, 2))
    else if (dice < 0.3) underway.reverse()
    else if (dice < 0.33) join()
    if (random() < 0.05 && page === null && replica.hasOlder && replica.timeline.oldestSeq !== null) {
      const before = replica.timeline.oldestSeq
      replica.expectOlder()
      page = { before, answer: server.history(before, 7) }
    }
    while (underway.length > 0 && random() < 0.8) {
      const change = underway.shift()
      if (change !== undefined) replica.offer(change.event, change.data)
    }
    if (page !== null && random() < 0.3) {
      const isNext = replica.timeline.oldestSeq === page.before
      replica.addOlder(isNext ? page.answer.messages : [], isNext ? page.answer.hasMore : replica.hasOlder)
      page = null
    }
  }
  if (page !== null) replica.addOlder([], replica.hasOlder)
  for (const change of underway) replica.offer(change.event, change.data)
  if (replica.hasHole) expect(holes, `seed ${seed}: a hole is told of`).toBeGreaterThan(0)
  replica.hold()
  if (replica.join(server.join(replica.position, 1000)) === 'unusable') replica.join(server.join(null, 0))

  const seen = messagesOf(replica)
  const oldest = seen[0]?.seq ?? 0
  expect(seen, `seed ${seed}: messages`).toEqual(server.messages.filter(({ seq }) => seq >= oldest))
  expect(replica.hasOlder, `seed ${seed}: older`).toBe(server.messages.some(({ seq }) => seq < oldest))
  const byId = (a: { userId: string }, b: { userId: string }): number => a.userId.localeCompare(b.userId)
  expect([...replica.roster.list()].sort(byId), `seed ${seed}: members`).toEqual([...server.members].sort(byId))
  expect(replica.chat, `seed ${seed}: settings`).toMatchObject({
    isLocked: server.chat.isLocked,
    expiresAt: server.chat.expiresAt,
  })
  expect(new Set(heard).size, `seed ${seed}: no message is told of twice`).toBe(heard.length)
  expect(replica.position).toEqual({ epoch: 'e1', rev: server.rev })
  const keys = replica.timeline.items([]).map(({ key }) => key)
  expect(new Set(keys).size, `seed ${seed}: keys are unique`).toBe(keys.length)
}

test('whatever is lost, doubled, late or out of order, the view ends as the server has it', () => {
  for (let seed = 1; seed <= 150; seed += 1) wander(seed, 150)
})

describe('a replica', () => {
  const joinedTo = (server: ReturnType<typeof createModelChat>, options: Options = {}): Replica => {
    const replica = replicaOf(options)
    replica.join(server.join(null, 0))
    return replica
  }

  test('asks once for what is missing, holds what is later, and applies it in order', () => {
    const server = createModelChat(createRandom(1))
    let holes = 0
    const heard: string[] = []
    const replica = joinedTo(server, { onHole: () => (holes += 1), onMessage: ({ id }) => heard.push(id) })
    for (const tempId of ['a', 'b', 'c']) server.send('u0', tempId)
    const [first, second, third] = server.changes
    replica.offer('message:new', third?.data)
    replica.offer('message:new', first?.data)
    expect(heard).toEqual(['m1'])
    expect(holes).toBeGreaterThan(0)
    expect(replica.position?.rev).toBe(1)
    replica.offer('message:new', second?.data)
    expect(heard).toEqual(['m1', 'm2', 'm3'])
    expect(replica.hasHole).toBe(false)
  })

  test('does not take a replay that leaves a gap', () => {
    const server = createModelChat(createRandom(1))
    const replica = joinedTo(server)
    for (const tempId of ['a', 'b', 'c']) server.send('u0', tempId)
    const view = server.join(replica.position, 100)
    expect(replica.join({ ...view, changes: view.changes.slice(1) })).toBe('unusable')
    expect(messagesOf(replica)).toEqual([])
    expect(replica.join(server.join(null, 0))).toBe('replaced')
    expect(messagesOf(replica)).toHaveLength(3)
  })

  test('a fresh view drops what is older than it, and says that there is more', () => {
    const server = createModelChat(createRandom(1))
    const heard: string[] = []
    server.send('u0', 'first')
    const replica = joinedTo(server, { onMessage: ({ id }) => heard.push(id) })
    for (let index = 0; index < 60; index += 1) server.send('u0', `t${index}`)
    expect(replica.join(server.join(replica.position, 10))).toBe('replaced')
    expect(messagesOf(replica)).toHaveLength(50)
    expect(replica.hasOlder).toBe(true)
    expect(heard).toHaveLength(50)
  })

  test('items that did not change stay the same objects, in replays, fresh views and when older ones come', () => {
    const server = createModelChat(createRandom(1))
    for (const tempId of ['a', 'b', 'c']) server.send('u0', tempId)
    const replica = joinedTo(server)
    const [a, b, c] = replica.timeline.items([])
    const reaction = { chatId: 'c1', messageId: 'm2', userId: 'u0', emoji: '👍', rev: 4, at: 4 }
    replica.offer('reaction:new', reaction)
    const after = replica.timeline.items([])
    expect(after[0]).toBe(a)
    expect(after[1]).not.toBe(b)
    expect(after[2]).toBe(c)
    const none: never[] = []
    expect(replica.timeline.items(none)).toBe(replica.timeline.items(none))
    replica.join({ ...server.join(null, 0), rev: 4 })
    expect(replica.timeline.items([])[0]).toBe(a)
    const members = replica.roster.list()
    replica.join({ ...server.join(null, 0), rev: 4 })
    expect(replica.roster.list()).toBe(members)
  })

  test('a message of ours settles its tempId, from an event, a replay or a fresh view', () => {
    const server = createModelChat(createRandom(1))
    const settled: string[] = []
    const replica = joinedTo(server, { onOwn: (tempId) => settled.push(tempId) })
    replica.offer('message:new', server.send('u1', 'live'))
    server.send('u1', 'replayed')
    server.send('u0', 'live')
    replica.join(server.join(replica.position, 100))
    server.send('u1', 'viewed')
    replica.join(server.join(null, 0))
    expect(settled).toEqual(['live', 'replayed', 'live', 'replayed', 'viewed'])
    const [first] = replica.timeline.items([])
    expect(first).toMatchObject({ key: 'live', own: true })
  })

  test('a change to a message that is on its way from history is not lost', () => {
    const server = createModelChat(createRandom(1))
    for (let index = 0; index < 60; index += 1) server.send('u0', `t${index}`)
    const replica = joinedTo(server)
    replica.expectOlder()
    const page = server.history(replica.timeline.oldestSeq ?? 0, 50)
    replica.offer('reaction:new', { chatId: 'c1', messageId: 'm3', userId: 'u0', emoji: '👍', rev: 61, at: 61 })
    replica.addOlder(page.messages, page.hasMore)
    expect(replica.timeline.find('m3')?.message.reactions).toEqual({ '👍': ['u0'] })
    expect(replica.hasOlder).toBe(false)
  })

  test('history that is ahead of the events is not undone by them', () => {
    const server = createModelChat(createRandom(1))
    for (let index = 0; index < 60; index += 1) server.send('u0', `t${index}`)
    const replica = joinedTo(server)
    const message = server.messages[0]
    replica.expectOlder()
    replica.addOlder([{ ...message, rev: 62, encryptedContent: 'second edit' } as Message], true)
    replica.offer('message:updated', { ...message, rev: 61, encryptedContent: 'first edit' })
    expect(replica.timeline.find('m1')?.message.encryptedContent).toBe('second edit')
  })

  test('a replay brings the presence of members, which no durable event does', () => {
    const server = createModelChat(createRandom(1))
    const replica = joinedTo(server)
    const view = server.join(replica.position, 100)
    const members = view.members.map((member) => ({ ...member, online: false, status: 'offline' as const }))
    expect(replica.join({ ...view, members })).toBe('recovered')
    expect(replica.roster.list().map(({ online }) => online)).toEqual([false, false, false])
  })

  test('when the host passes the role on, the notice names the new host', () => {
    const server = createModelChat(createRandom(1))
    const replica = joinedTo(server)
    replica.offer('chat:updated', {
      ...{ chatId: 'c1', rev: 1, at: 5, change: 'role', byId: 'u0', chat: { hostId: 'u2' } },
      roles: [
        { userId: 'u0', role: 'moderator' },
        { userId: 'u2', role: 'host' },
      ],
    })
    expect(replica.timeline.items([])).toEqual([
      {
        kind: 'notice',
        key: 'notice-1',
        at: 5,
        notice: { type: 'role', userId: 'u2', name: 'Name u2', role: 'host', byId: 'u0' },
      },
    ])
    expect(replica.chat?.hostId).toBe('u2')
    expect(replica.roster.get('u0')?.role).toBe('moderator')
  })

  test('stays fast with 10,000 messages: an event costs one copy of the list of items', () => {
    const server = createModelChat(createRandom(1))
    const replica = joinedTo(server)
    const template = server.send('u0', 'template')
    let looks = 0
    /** Whose every property that is read is counted. */
    const watched = (message: Message): Message =>
      new Proxy(message, {
        get(target, name) {
          looks += 1
          return Reflect.get(target, name)
        },
      })
    const unsent: never[] = []
    for (let rev = 1; rev <= 10_000; rev += 1) {
      const message = { ...template, id: `m${rev}`, tempId: `t${rev}`, seq: rev, rev }
      replica.offer('message:new', watched(message))
      replica.timeline.items(unsent)
    }
    for (let rev = 10_001; rev <= 10_100; rev += 1) {
      const messageId = `m${rev - 10_000}`
      replica.offer('reaction:new', { chatId: 'c1', messageId, userId: 'u0', emoji: '👍', rev, at: rev })
      replica.timeline.items(unsent)
    }
    expect(replica.timeline.items(unsent)).toHaveLength(10_000)
    expect(replica.timeline.find('m100')?.message.reactions).toEqual({ '👍': ['u0'] })
    // Some for each event. One that went through all of them would be thousands.
    expect(looks).toBeLessThan(10_100 * 50)
  })
})

test('somebody who was deleted leaves no notice: a fresh view is asked for', () => {
  let asked = 0
  const replica = replicaOf({ onErased: () => (asked += 1) })
  replica.join(createModelChat(createRandom(1)).join(null, 0))
  const left = { chatId: 'c1', rev: 1, at: 1, userId: 'deleted-user', name: '', reason: 'left' }
  replica.offer('chat:member-left', left)
  expect(asked).toBe(1)
  expect(replica.position?.rev).toBe(1)
  expect(replica.timeline.items([])).toEqual([])
})
