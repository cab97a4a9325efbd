import type { ConversationId } from '@parley/core'
import { keys } from '../../redis/keys.ts'

/**
 * What a room is kept in, besides its readable state:
 * - `head`: epoch, rev, version and what bounds the others; who stored it last; the password's hash
 * - `names`: who is a member, by the name that they have here; an empty one of those who were
 * - `cursors`: how far each member has got
 * - `messages` by their id, `order` of their ids by seq, `clients`: ids by the senders' own
 * - `changes`: what happened by rev, and at `w<rev>` what an edited message said then
 *
 * Each of them but `head` holds an empty entry from the start. So no key comes into being after the room, and each has
 * the room's TTL without a look at it in every write.
 */
const PARTS = ['head', 'names', 'cursors', 'messages', 'order', 'clients', 'changes'] as const

/** In scripts: the names of all keys of a room. */
export const ROOM_KEYS = `local room, ${PARTS.join(', ')} = unpack(KEYS)\n`

/** All keys of a room, as `ROOM_KEYS` takes them. */
export const roomKeys = (id: ConversationId): string[] => [
  keys.room(id),
  ...PARTS.map((part) => keys.roomPart(id, part)),
]

/** One of them. */
export const roomKey = (id: ConversationId, part: (typeof PARTS)[number]): string => keys.roomPart(id, part)
