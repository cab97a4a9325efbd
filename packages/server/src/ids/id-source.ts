import { createHash, randomBytes, randomFillSync, randomUUID } from 'node:crypto'
import type { IdSource, Millis } from '@parley/core'

/** Crockford's base32 in lower case: no i, l, o, u. Its order is that of the values. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const ROOM_ID_LENGTH = 12
const CONVERSATION_ID_LENGTH = 20
const DIRECT_ID_PREFIX = 'd_'
/** 10 characters hold the time of the next 35,000 years, 16 hold 80 random bits: as a ULID. */
const TIME_LENGTH = 10
const RANDOM_LENGTH = 16

/** Ids from the system's cryptographic random source. `now` gives message ids their time. */
export function createIdSource(now: () => Millis = Date.now): IdSource {
  const randomText = createRandomText()
  let timeAt = Number.NaN
  let timeText = ''

  function timed(): string {
    const at = now()
    if (at !== timeAt) {
      timeAt = at
      timeText = encodeTime(at)
    }
    return timeText + randomText(RANDOM_LENGTH)
  }

  return {
    roomId: () => randomText(ROOM_ID_LENGTH),
    userId: () => randomUUID(),
    conversationId: () => `c_${randomText(CONVERSATION_ID_LENGTH)}`,
    directId(one, other) {
      // As JSON, so that no two pairs of ids look alike.
      const pair = JSON.stringify([one, other].sort())
      return DIRECT_ID_PREFIX + createHash('sha256').update(pair).digest('base64url')
    },
    messageId: timed,
    callId: timed,
    notificationId: timed,
    epoch: () => randomBytes(12).toString('base64url'),
  }
}

/** Draws from a pool of random bytes: one system call for many ids. Each byte gives the five bits of one character. */
function createRandomText(): (length: number) => string {
  const pool = Buffer.alloc(4_096)
  let used = pool.length
  return (length) => {
    if (used + length > pool.length) {
      randomFillSync(pool)
      used = 0
    }
    let text = ''
    for (const byte of pool.subarray(used, used + length)) text += ALPHABET.charAt(byte & 31)
    pool.fill(0, used, used + length)
    used += length
    return text
  }
}

function encodeTime(now: number): string {
  let rest = now
  let text = ''
  for (let digit = 0; digit < TIME_LENGTH; digit += 1) {
    text = ALPHABET.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}
