import { createHash, randomUUID } from 'node:crypto'
import { type Clock, type ConversationId, DomainError } from '@parley/core'
import type { Logger } from 'pino'
import type { RoomPlace, RoomPlaces } from '../room-places.ts'
import type { JanusServer } from './janus-files.ts'
import type { PooledJanus } from './janus-pool.ts'
import { countPeople, createJanusRoom, destroyRoom, type JanusRoom } from './janus-room.ts'

export interface RoomPlacerOptions {
  readonly places: RoomPlaces
  readonly januses: () => readonly PooledJanus[]
  readonly clock: Clock
  readonly logger: Logger
  /** How many this node has there. */
  peopleOn(janus: PooledJanus): number
  readonly maxPeople: number
  readonly maxPeoplePerServer: number
}

/** Finds conversations a room on a media server: for all nodes the same. */
export interface RoomPlacer {
  /** Where the conversation lives, or else on the server with the fewest people. Rejects with `MEDIA_UNAVAILABLE`, `MEDIA_CAPACITY`. */
  place(conversationId: ConversationId, people: number, isEncrypted: boolean): Promise<JanusRoom>
  /** Whether the conversation still lives in this room, for all nodes. */
  isStillIn(conversationId: ConversationId, room: JanusRoom): Promise<boolean>
  /** Nobody is in the room any more. */
  leave(conversationId: ConversationId, room: JanusRoom): Promise<void>
  /** The conversation is over: its room goes, whoever is in it. */
  remove(conversationId: ConversationId): Promise<void>
  /** How many people are on their way there, or there by other nodes, as far as that was asked for. */
  othersOn(janus: PooledJanus): number
}

export function createRoomPlacer(options: RoomPlacerOptions): RoomPlacer {
  const { places, januses, clock, logger, peopleOn } = options
  /** How many people are on their way there, whom the server doesn't count yet. */
  const arriving = new Map<PooledJanus, number>()
  /** How many people all nodes together had there when it was last asked. */
  const counted = new Map<PooledJanus, number>()

  const othersOn = (janus: PooledJanus) =>
    (arriving.get(janus) ?? 0) + Math.max((counted.get(janus) ?? 0) - peopleOn(janus), 0)
  const loadOf = (janus: PooledJanus) => peopleOn(janus) + othersOn(janus)

  async function countAll(): Promise<void> {
    if (!places.isShared) return
    await Promise.all(
      januses().map(async (janus) => {
        // One that can't say is found out by what is asked of it next.
        if (janus.session !== null) counted.set(janus, await countPeople(janus, janus.session).catch(() => 0))
      }),
    )
  }

  /** The one with the fewest people. */
  async function choose(people: number, failed: ReadonlySet<PooledJanus>): Promise<PooledJanus> {
    await countAll()
    const there = januses().filter((janus) => janus.session !== null && !failed.has(janus))
    const free = there.filter((janus) => loadOf(janus) + people <= options.maxPeoplePerServer)
    const [first] = free.sort((one, other) => loadOf(one) - loadOf(other))
    if (first !== undefined) return first
    throw there.length > 0 ? full() : noServer()
  }

  function janusOf({ server }: RoomPlace): PooledJanus {
    const janus = januses().find((one) => nameOf(one.server) === server)
    if (janus !== undefined) return janus
    logger.error('a conversation lives on a media server that this node does not know: give all nodes the same ones')
    throw noServer()
  }

  async function open(janus: PooledJanus, id: string, people: number, isEncrypted: boolean): Promise<JanusRoom | null> {
    if (janus.session === null) return null
    arriving.set(janus, (arriving.get(janus) ?? 0) + people)
    try {
      const wanted = { id, publishers: options.maxPeople, isEncrypted, now: clock.now() }
      return await createJanusRoom(janus, janus.session, wanted)
    } catch (error) {
      logger.warn({ err: error, url: janus.server.url }, 'the media server takes no room')
      return null
    } finally {
      arriving.set(janus, (arriving.get(janus) ?? 0) - people)
    }
  }

  return {
    async place(conversationId, people, isEncrypted) {
      const failed = new Set<PooledJanus>()
      let at = await places.find(conversationId)
      for (;;) {
        if (at !== null) {
          const janus = janusOf(at)
          const room = failed.has(janus) ? null : await open(janus, at.room, people, isEncrypted)
          if (room !== null) return room
          failed.add(janus)
        }
        const janus = await choose(people, failed)
        const wanted = { server: nameOf(janus.server), room: randomUUID() }
        // Another node may have been faster: then it is there.
        at = await places.settle(conversationId, wanted, at)
      }
    },
    async isStillIn(conversationId, room) {
      const own = { server: nameOf(room.janus.server), room: room.id }
      // What was forgotten by those who keep it is told them anew.
      const at = (await places.find(conversationId)) ?? (await places.settle(conversationId, own, null))
      return at.room === room.id
    },
    leave: (conversationId, room) => places.leave(conversationId, { server: nameOf(room.janus.server), room: room.id }),
    async remove(conversationId) {
      const at = await places.find(conversationId)
      if (at === null) return
      await places.leave(conversationId, at)
      const janus = januses().find((one) => nameOf(one.server) === at.server)
      if (janus?.session != null) await destroyRoom(janus, janus.session, at.room)
    },
    othersOn,
  }
}

/** The same on all nodes that are given the same server; of two servers with one address, on two machines, each has its own. */
const nameOf = ({ url, apiSecret, adminKey }: JanusServer): string =>
  createHash('sha256').update(`${url}\n${apiSecret}\n${adminKey}`).digest('base64url').slice(0, 16)

export const full = (): DomainError =>
  new DomainError('MEDIA_CAPACITY', 'Too many people talk on this site just now. Try again in a while.')

const noServer = (): DomainError =>
  new DomainError('MEDIA_UNAVAILABLE', 'No media server answers now. Try again in a moment.')
