import { createHash } from 'node:crypto'
import type { RedisLink } from './open-redis.ts'

/** Runs a script on these keys, all of one slot. Rejects as `RedisLink.ask` does. */
export type RedisScript = (keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>

/** A step that happens whole or not at all. Only its hash is sent, unless the server has not seen it yet. */
export function createRedisScript(link: RedisLink, lua: string): RedisScript {
  const hash = createHash('sha1').update(lua).digest('hex')
  return (keys, args) =>
    link.ask(async (redis) => {
      try {
        return await redis.evalsha(hash, keys.length, ...keys, ...args)
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
        return redis.eval(lua, keys.length, ...keys, ...args)
      }
    })
}
