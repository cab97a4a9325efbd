import type { ConversationId, Position } from '@parley/core'
import { keys } from '../../redis/keys.ts'
import type { RedisLink } from '../../redis/open-redis.ts'

/** Reads where these rooms stand, in one go. Those that are gone are left out. */
export async function readRedisPositions(
  link: RedisLink,
  ids: readonly ConversationId[],
): Promise<ReadonlyMap<ConversationId, Position>> {
  const found = await link.ask((redis) =>
    Promise.all(ids.map((id) => redis.hmget(keys.roomPart(id, 'head'), 'epoch', 'rev'))),
  )
  return new Map(
    ids.flatMap((id, place): [ConversationId, Position][] => {
      const [epoch, rev] = found[place] ?? []
      return typeof epoch === 'string' && typeof rev === 'string' ? [[id, { epoch, rev: Number(rev) }]] : []
    }),
  )
}
