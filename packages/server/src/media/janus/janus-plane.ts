import { type Clock, type ConversationId, DomainError, type MediaEvent, type MediaPlane } from '@parley/core'
import type { Logger } from 'pino'
import { NO_RECORDINGS, type Recordings } from '../recordings.ts'
import type { JanusServer } from './janus-files.ts'
import { type JanusNode, openJanusPool } from './janus-pool.ts'
import { createJanusRoom, type JanusRoom, removeEmptyRooms } from './janus-room.ts'
import { openRecordings } from './recording/recordings.ts'
import { cannotRecord, createVoiceRoom, type VoiceRoom } from './voice-room.ts'

export interface JanusPlaneOptions {
  readonly servers: readonly JanusServer[]
  readonly clock: Clock
  readonly logger: Logger
  /** For what was recorded; `null`: nothing is. Its content is removed. */
  readonly recordingsFolder?: string | null
  /** How many may be in one conversation's voice. */
  readonly maxPeople?: number
  /** How many one server carries, all its rooms together. */
  readonly maxPeoplePerServer?: number
}

/** How a media server does. */
interface JanusServerState {
  readonly url: string
  readonly isThere: boolean
  readonly rooms: number
  readonly people: number
  /** Media connections of theirs. */
  readonly legs: number
}

export interface JanusPlane extends MediaPlane, AsyncDisposable {
  readonly topology: 'sfu'
  readonly recordings: Recordings
  servers(): readonly JanusServerState[]
}

const MAX_PEOPLE = 100
const MAX_PEOPLE_PER_SERVER = 500

/** Voice through Janus. Resolves when each server was asked once; those that are not there are waited for. */
export async function openJanusPlane(options: JanusPlaneOptions): Promise<JanusPlane> {
  const { clock, logger, maxPeople = MAX_PEOPLE, maxPeoplePerServer = MAX_PEOPLE_PER_SERVER } = options
  const { recordingsFolder: folder = null } = options
  const recordings = folder === null ? null : await openRecordings({ folder, clock, logger })
  const rooms = new Map<ConversationId, VoiceRoom>()
  /** Those that are being made there, which a server doesn't count yet. */
  const arriving = new Map<JanusNode, number>()
  let emit: (event: MediaEvent) => void = () => undefined

  const pool = await openJanusPool({
    servers: options.servers,
    clock,
    logger,
    onLost(node) {
      for (const room of roomsOn(node)) room.lose()
    },
    onFound(node) {
      const removed = node.session && removeEmptyRooms(node, node.session, clock.now())
      removed?.catch((error: unknown) => logger.warn({ err: error, url: node.server.url }, 'old rooms stay there'))
      for (const room of rooms.values()) room.retry()
    },
  })

  const roomsOn = (node: JanusNode) => [...rooms.values()].filter((room) => room.node === node)
  const peopleOn = (node: JanusNode) => roomsOn(node).reduce((sum, room) => sum + room.people, arriving.get(node) ?? 0)

  /** On the server with the fewest people; the next one when it fails. */
  async function place(people: number, isEncrypted: boolean): Promise<JanusRoom> {
    const there = pool.nodes.filter(({ session }) => session !== null)
    const free = there.filter((node) => peopleOn(node) + people <= maxPeoplePerServer)
    if (there.length > 0 && free.length === 0) throw full()
    for (const node of free.sort((one, other) => peopleOn(one) - peopleOn(other))) {
      arriving.set(node, (arriving.get(node) ?? 0) + people)
      try {
        if (node.session !== null)
          return await createJanusRoom(node, node.session, { publishers: maxPeople, isEncrypted, now: clock.now() })
      } catch (error) {
        logger.warn({ err: error, url: node.server.url }, 'the media server takes no room')
      } finally {
        arriving.set(node, (arriving.get(node) ?? 0) - people)
      }
    }
    throw new DomainError('MEDIA_UNAVAILABLE', 'No media server answers now. Try again in a moment.')
  }

  function roomFor(conversationId: ConversationId, isEncrypted: boolean): VoiceRoom {
    const known = rooms.get(conversationId)
    if (known !== undefined) return known
    const room: VoiceRoom = createVoiceRoom({
      conversationId,
      isEncrypted,
      clock,
      logger,
      place: () => place(Math.max(room.people, 1), isEncrypted),
      emit: (event) => emit(event),
    })
    rooms.set(conversationId, room)
    return room
  }

  async function closeIfEmpty(conversationId: ConversationId, room: VoiceRoom): Promise<void> {
    if (room.people > 0 || rooms.get(conversationId) !== room) return
    rooms.delete(conversationId)
    await room.close()
  }

  function required(conversationId: ConversationId): VoiceRoom {
    const room = rooms.get(conversationId)
    if (room !== undefined) return room
    throw new DomainError('NOT_IN_ROOM', 'You are not in voice here. Join it first.')
  }

  return {
    topology: 'sfu',
    capacity: () => maxPeople,
    async join(seat) {
      const room = roomFor(seat.conversationId, seat.isEncrypted)
      try {
        if (room.node !== null && !room.has(seat.userId) && peopleOn(room.node) >= maxPeoplePerServer) throw full()
        await room.join(seat)
      } finally {
        await closeIfEmpty(seat.conversationId, room)
      }
    },
    async leave({ conversationId, userId, sessionId }) {
      const room = rooms.get(conversationId)
      if (room === undefined) return
      await room.leave(userId, sessionId)
      await closeIfEmpty(conversationId, room)
    },
    signal: async (seat, signal) => required(seat.conversationId).signal(seat, signal),
    restrict: async (seat, allowed) => rooms.get(seat.conversationId)?.restrict(seat, allowed),
    recordings: recordings ?? NO_RECORDINGS,
    async startRecording(conversationId) {
      if (recordings === null) throw cannotRecord()
      await required(conversationId).startRecording(() => recordings.start(conversationId))
    },
    stopRecording: async (conversationId) => rooms.get(conversationId)?.stopRecording(),
    async locate() {
      // It lives where this node has placed it.
    },
    async close(conversationId) {
      const room = rooms.get(conversationId)
      rooms.delete(conversationId)
      await room?.close()
      await recordings?.drop(conversationId)
    },
    onEvent(listener) {
      emit = listener
    },
    servers: () =>
      pool.nodes.map((node) => ({
        url: node.server.url,
        isThere: node.session !== null,
        rooms: roomsOn(node).length,
        people: peopleOn(node),
        legs: roomsOn(node).reduce((sum, room) => sum + room.legs, 0),
      })),
    async [Symbol.asyncDispose]() {
      const all = [...rooms.values()]
      rooms.clear()
      await Promise.all(all.map((room) => room.close()))
      await pool[Symbol.asyncDispose]()
      await recordings?.[Symbol.asyncDispose]()
    },
  }
}

const full = () =>
  new DomainError('MEDIA_CAPACITY', 'Too many people talk on this site just now. Try again in a while.')
