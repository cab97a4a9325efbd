import { readStored, readStoredObject, removeStored, storedKeys, writeStored } from './browser-storage.ts'
import { parseRoomCode } from './room-code.ts'

/**
 * A seat in a room, kept in this browser so that a reload or a crashed tab keeps it (and the host's rights).
 * Who writes: create and join, when the server gave a token; the room, when the SDK brings a fresh token.
 * Who removes: the room, when it is over for this person (left, kicked, refused, expired, token no longer accepted).
 */
export interface RoomSession {
  /** As shown: `k7fp-2m9x-qd4w`. */
  readonly roomId: string
  readonly token: string
  readonly userId?: string
  /** As the room knows this person. */
  readonly name: string
}

const PREFIX = 'parley.room.'
const NAME_KEY = 'parley.name'
const keyOf = (roomId: string): string => PREFIX + (parseRoomCode(roomId) ?? roomId)

/** The seat in this room, when its token still lasts. `roomId` in any form. */
export function readRoomSession(roomId: string): RoomSession | null {
  const key = keyOf(roomId)
  const stored = readStoredObject(key)
  const session = parseSession(stored)
  if (session !== null && isLasting(session.token, stored?.savedAt)) return session
  removeStored(key)
  return null
}

export function saveRoomSession(session: RoomSession): void {
  writeStored(keyOf(session.roomId), JSON.stringify({ ...session, savedAt: Date.now() }))
}

/** Replaces the token and keeps the rest; nothing when the seat is gone. */
export function saveRoomToken(roomId: string, token: string): void {
  const session = parseSession(readStoredObject(keyOf(roomId)))
  if (session !== null) saveRoomSession({ ...session, token })
}

export function removeRoomSession(roomId: string): void {
  removeStored(keyOf(roomId))
}

/** Forgets seats whose tokens have run out, so that no trace of old rooms stays. Called once at start. */
export function removeStaleSessions(): void {
  for (const key of storedKeys()) {
    if (key.startsWith(PREFIX)) readRoomSession(key.slice(PREFIX.length))
  }
}

/** The name that was used last, to fill in the next form; empty when there is none. */
export const readLastName = (): string => readStored(NAME_KEY) ?? ''
export const saveLastName = (name: string): void => writeStored(NAME_KEY, name)

function parseSession(stored: Readonly<Record<string, unknown>> | null): RoomSession | null {
  if (stored === null) return null
  const { roomId, token, userId, name } = stored
  if (typeof roomId !== 'string' || typeof token !== 'string' || typeof name !== 'string') return null
  return { roomId, token, name, ...(typeof userId === 'string' && { userId }) }
}

/** The user whom a token names, as `{ userId }`; empty when it names nobody. */
export function subjectOf(token: string): Pick<RoomSession, 'userId'> {
  const { sub } = claimsOf(token)
  return typeof sub === 'string' ? { userId: sub } : {}
}

/**
 * Whether the token's life is not over, counted from when it was saved: by the device's clock on both sides, which may
 * be hours away from the server's. The server has the last word.
 */
function isLasting(token: string, savedAt: unknown): boolean {
  const { iat, exp } = claimsOf(token)
  if (typeof iat !== 'number' || typeof exp !== 'number') return false
  // Seats from before that was written down go by the token's own beginning.
  const sinceMs = typeof savedAt === 'number' ? savedAt : iat * 1000
  return Date.now() - sinceMs < (exp - iat) * 1000
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const claims: unknown = JSON.parse(atob(payload))
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    return {}
  }
}
