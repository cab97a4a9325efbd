import type { MemberView } from '@parley/core'
import { expect, it } from 'vitest'
import { SeenPresence, type Whereabouts } from './seen-presence.ts'

const about = { conversationId: 'room', at: 7 }
const viewOf = (userId: string, online: boolean, hasEntered = true): MemberView => ({
  member: { userId, name: userId, role: 'speaker', joinedAt: 1, absentSince: online ? null : 1, hasEntered },
  online,
  status: online ? 'online' : 'offline',
  voice: { joined: false, muted: false, speaking: false },
})
const changed = (userId: string, online: boolean) => ({ type: 'presence.changed' as const, ...about, userId, online })

it('finds who is seen otherwise than they are, whatever later snapshots showed to others', () => {
  const seen = new SeenPresence()
  seen.learn([viewOf('ann', true), viewOf('bob', true), viewOf('cem', false)])
  seen.note(changed('cem', true))
  seen.learn([viewOf('ann', false), viewOf('bob', true), viewOf('cem', false)])
  const present = new Map<string, Whereabouts>([
    ['ann', 'away'],
    ['bob', 'here'],
    ['cem', 'away'],
  ])
  expect(seen.missing(present, about)).toEqual({
    events: [changed('ann', false), changed('cem', false)],
    isBehind: false,
  })
  for (const event of seen.missing(present, about).events) seen.note(event)
  expect(seen.missing(present, about).events).toEqual([])
})

it('waits for those who have joined and are still to be told of, those with a seat too', () => {
  const seen = new SeenPresence()
  seen.learn([viewOf('ann', true), viewOf('seat', false, false)])
  const withNew = new Map<string, Whereabouts>([
    ['ann', 'here'],
    ['new', 'away'],
  ])
  expect(seen.missing(withNew, about)).toEqual({ events: [], isBehind: true })
  expect(seen.missing(new Map([['seat', 'here']]), about)).toEqual({ events: [], isBehind: true })
  seen.note({ type: 'member.joined', ...about, rev: 3, member: viewOf('new', true).member })
  expect(seen.missing(withNew, about)).toEqual({ events: [changed('new', false)], isBehind: false })
  seen.note({ type: 'member.left', ...about, rev: 4, userId: 'new', name: 'new', reason: 'left' })
  expect(seen.missing(new Map([['ann', 'here']]), about)).toEqual({ events: [], isBehind: false })
})

it('finds seats that were taken, each once', () => {
  const seen = new SeenPresence()
  seen.learn([viewOf('seat', false, false)])
  seen.note({ type: 'seat.taken', ...about, userId: 'told' })
  const seats = new Map<string, Whereabouts>(['seat', 'told', 'untold'].map((userId) => [userId, 'awaited']))
  const taken = { type: 'seat.taken' as const, ...about, userId: 'untold' }
  expect(seen.missing(seats, about)).toEqual({ events: [taken], isBehind: false })
  seen.note(taken)
  expect(seen.missing(seats, about).events).toEqual([])
})
