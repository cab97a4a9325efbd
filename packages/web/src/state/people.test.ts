import type { Member } from '@parley/protocol/messenger'
import { describe, expect, it } from 'vitest'
import { heirOf, inOrder, mayAdmit, mayRemove, maySetRole } from './people.ts'

const member = (userId: string, role: Member['role'], online = true): Member => ({
  userId,
  name: userId,
  role,
  joinedAt: 0,
  online,
  status: online ? 'online' : 'offline',
  voice: { joined: false, muted: false, speaking: false },
})

const host = member('hanna', 'host')
const moderator = member('mo', 'moderator')
const speaker = member('sam', 'speaker')
const away = member('abe', 'speaker', false)
const listener = member('lee', 'listener')

describe('inOrder', () => {
  it('puts yourself first, then role, presence and name', () => {
    const ids = inOrder([away, listener, host, speaker, moderator], 'lee', 'en').map(({ userId }) => userId)
    expect(ids).toEqual(['lee', 'hanna', 'mo', 'sam', 'abe'])
  })
})

describe('rights', () => {
  it('lets the host remove anybody else and moderators only those without a role', () => {
    expect(mayRemove(host, moderator)).toBe(true)
    expect(mayRemove(host, host)).toBe(false)
    expect(mayRemove(moderator, speaker)).toBe(true)
    expect(mayRemove(moderator, host)).toBe(false)
    expect(mayRemove(moderator, member('m2', 'moderator'))).toBe(false)
    expect(mayRemove(speaker, listener)).toBe(false)
    expect(mayRemove(undefined, listener)).toBe(false)
  })

  it('lets only the host give roles, and host and moderators answer the lobby', () => {
    expect(maySetRole(host, speaker)).toBe(true)
    expect(maySetRole(moderator, speaker)).toBe(false)
    expect([host, moderator, speaker, listener].map(mayAdmit)).toEqual([true, true, false, false])
  })
})

describe('heirOf', () => {
  it('is the moderator who has been here longest, else whoever has', () => {
    const early = { ...member('early', 'speaker'), joinedAt: 1 }
    const late = { ...member('late', 'listener'), joinedAt: 2 }
    const newModerator = { ...member('mod', 'moderator'), joinedAt: 3 }
    expect(heirOf([late, early])).toBe(early)
    expect(heirOf([late, newModerator, early])).toBe(newModerator)
    expect(heirOf([])).toBeUndefined()
  })
})
