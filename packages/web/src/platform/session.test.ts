import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { writeStored } from './browser-storage.ts'
import {
  readLastName,
  readRoomSession,
  removeRoomSession,
  removeStaleSessions,
  saveLastName,
  saveRoomSession,
  saveRoomToken,
  subjectOf,
} from './session.ts'

const now = Date.UTC(2026, 0, 1)
const roomId = 'k7fp-2m9x-qd4w'
const tokenUntil = (at: number, sub = 'guest-1') =>
  `head.${Buffer.from(JSON.stringify({ sub, iat: now / 1000, exp: at / 1000, name: 'Zoë' })).toString('base64url')}.sign`
const session = { roomId, token: tokenUntil(now + 60_000), userId: 'guest-1', name: 'Zoë' }

// Node has no localStorage: what runs here is also what people with blocked storage get.
describe('room sessions without storage', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now })
  })
  afterEach(() => {
    removeRoomSession(roomId)
    vi.useRealTimers()
  })

  it('are found by the room’s code in any form', () => {
    saveRoomSession(session)
    expect(readRoomSession('K7FP2M9XQD4W')).toEqual(session)
  })

  it('end with their token', () => {
    saveRoomSession(session)
    vi.setSystemTime(now + 60_000)
    expect(readRoomSession(roomId)).toBeNull()
    vi.setSystemTime(now)
    expect(readRoomSession(roomId)).toBeNull()
  })

  it.each([-26, 2, 26])('last as long on a device whose clock is %i hours ahead', (hours) => {
    const there = now + hours * 3_600_000
    vi.setSystemTime(there)
    saveRoomSession(session)
    vi.setSystemTime(there + 59_000)
    expect(readRoomSession(roomId)).toEqual(session)
    vi.setSystemTime(there + 60_000)
    expect(readRoomSession(roomId)).toBeNull()
  })

  it('of an older page end when their token says', () => {
    writeStored(`parley.room.${roomId}`, JSON.stringify(session))
    expect(readRoomSession(roomId)).toEqual(session)
    vi.setSystemTime(now + 60_000)
    expect(readRoomSession(roomId)).toBeNull()
  })

  it('take a fresh token and keep the rest', () => {
    saveRoomSession(session)
    const token = tokenUntil(now + 120_000)
    saveRoomToken(roomId, token)
    expect(readRoomSession(roomId)).toEqual({ ...session, token })
  })

  it('do not come back by a fresh token after they were removed', () => {
    saveRoomSession(session)
    removeRoomSession(roomId)
    saveRoomToken(roomId, tokenUntil(now + 120_000))
    expect(readRoomSession(roomId)).toBeNull()
  })

  it('are forgotten at start when stale, and kept when not', () => {
    saveRoomSession(session)
    saveRoomSession({ ...session, roomId: 'aaaa-aaaa-aaaa', token: tokenUntil(now - 1) })
    removeStaleSessions()
    vi.setSystemTime(now - 60_000)
    expect(readRoomSession('aaaa-aaaa-aaaa')).toBeNull()
    expect(readRoomSession(roomId)).toEqual(session)
  })

  it.each(['null', '[]', '{"roomId":1}', 'not json', '{"roomId":"x","token":"a.b.c","name":"n"}'])(
    'ignore what is no session: %s',
    (stored) => {
      writeStored(`parley.room.${roomId}`, stored)
      expect(readRoomSession(roomId)).toBeNull()
    },
  )

  it('tell whom a token names', () => {
    expect(subjectOf(session.token)).toEqual({ userId: 'guest-1' })
    expect(subjectOf('garbage')).toEqual({})
  })

  it('remember the last name', () => {
    saveLastName('Zoë')
    expect(readLastName()).toBe('Zoë')
  })
})
