import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { DomainError, type PasswordHasher } from '@parley/core'

/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane (Password Storage Cheat Sheet). */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const
const SALT_BYTES = 16

const derive = promisify(argon2)
const encode = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

interface Parsed {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly salt: Buffer
  readonly tag: Buffer
}

function parse(hash: string): Parsed {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash)
  if (match === null) throw new Error('not an argon2id hash in PHC form')
  const [, memory, passes, parallelism, salt = '', tag = ''] = match
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

/**
 * argon2id in PHC string form, off the event loop. `maxConcurrent` hashes run at a time, since each takes
 * 19 MiB and a thread; up to `maxWaiting` more wait, and beyond that the answer is `UNAVAILABLE`.
 */
export function createPasswordHasher({ maxConcurrent = 2, maxWaiting = 100 } = {}): PasswordHasher {
  let running = 0
  const waiting: (() => void)[] = []

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= maxConcurrent) {
      if (waiting.length >= maxWaiting)
        throw new DomainError('UNAVAILABLE', 'Too many passwords are being checked. Try again in a moment.')
      // Who wakes us hands over its place, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  return {
    hash: (password) =>
      inTurn(async () => {
        const nonce = randomBytes(SALT_BYTES)
        const tag = await derive('argon2id', { message: password, nonce, ...COST })
        const { memory, passes, parallelism } = COST
        return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(nonce)}$${encode(tag)}`
      }),

    verify: (password, hash) =>
      inTurn(async () => {
        const { memory, passes, parallelism, salt, tag } = parse(hash)
        const cost = { memory, passes, parallelism, tagLength: tag.length }
        const derived = await derive('argon2id', { message: password, nonce: salt, ...cost })
        return timingSafeEqual(derived, tag)
      }),
  }
}
