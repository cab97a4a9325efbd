import { type Clock, type ConversationId, DomainError, type MediaEvent, type MediaPlane } from '@parley/core'
import type { Logger } from 'pino'
import { NO_RECORDINGS, type Recordings } from '../recordings.ts'
import { createMemoryRoomPlaces, type RoomPlaces } from '../room-places.ts'
import type { JanusServer } from './janus-files.ts'
import { openJanusPool, type PooledJanus } from './janus-pool.ts'
import { removeEmptyRooms } from './janus-room.ts'
import { createRoomPlacer, full } from './place-rooms.ts'
import { openRecordings } from './recording/recordings.ts'
import { cannotRecord, createVoiceRoom, type VoiceRoom } from './voice-room.ts'

export interface JanusPlaneOptions {
  readonly servers: readonly JanusServer[]
  readonly clock: Clock
  readonly logger: Logger
  /** Where conversations live, for all nodes; by default this one is alone. */
  readonly places?: RoomPlaces
  /** The folder for what was recorded, whose content is removed; `null`: nothing is recorded. */
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
/** How long a room that nobody of this node is in is kept for those who come back, where other nodes may be in it. */
const LINGER_MS = 2000
/** So often it is looked whether other nodes have moved a conversation, whatever was told. */
const LOOK_EVERY_MS = 5000

/** Voice through Janus. Resolves when each server was asked once; those that are not there are waited for. */
export async function openJanusPlane(options: JanusPlaneOptions): Promise<JanusPlane> {
  const { clock, logger, maxPeople = MAX_PEOPLE, maxPeoplePerServer = MAX_PEOPLE_PER_SERVER } = options
  const { recordingsFolder: folder = null, places = createMemoryRoomPlaces() } = options
  const recordings = folder === null ? null : await openRecordings({ folder, clock, logger })
  const rooms = new Map<ConversationId, VoiceRoom>()
  let emit: (event: MediaEvent) => void = () => undefined
  const roomsOn = (janus: PooledJanus) => [...rooms.values()].filter((room) => room.janus === janus)

  const pool = await openJanusPool({
    servers: options.servers,
    clock,
    logger,
    onLost(janus) {
      for (const room of roomsOn(janus)) room.lose()
    },
    onFound(janus) {
      const removed = janus.session && removeEmptyRooms(janus, janus.session, clock.now())
      removed?.catch((error: unknown) => logger.warn({ err: error, url: janus.server.url }, 'old rooms stay there'))
      for (const room of rooms.values()) room.retry()
    },
  })

  const peopleHere = (janus: PooledJanus) => roomsOn(janus).reduce((sum, room) => sum + room.people, 0)
  const placer = createRoomPlacer({
    places,
    januses: () => pool.januses,
    clock,
    logger,
    peopleOn: peopleHere,
    maxPeople,
    maxPeoplePerServer,
  })
  const peopleOn = (janus: PooledJanus) => peopleHere(janus) + placer.othersOn(janus)

  function roomFor(conversationId: ConversationId, isEncrypted: boolean): VoiceRoom {
    const known = rooms.get(conversationId)
    if (known !== undefined) return known
    const room: VoiceRoom = createVoiceRoom({
      conversationId,
      isEncrypted,
      clock,
      logger,
      place: () => placer.place(conversationId, Math.max(room.people, 1), isEncrypted),
      isStillIn: (there) => placer.isStillIn(conversationId, there),
      left: (there) => placer.leave(conversationId, there),
      emit: (event) => emit(event),
    })
    rooms.set(conversationId, room)
    return room
  }

  async function closeIfEmpty(conversationId: ConversationId, room: VoiceRoom): Promise<void> {
    if (room.people > 0 || rooms.get(conversationId) !== room) return
    if (places.isShared) linger(conversationId, room)
    else await closeNow(conversationId, room)
  }

  async function closeNow(conversationId: ConversationId, room: VoiceRoom): Promise<void> {
    rooms.delete(conversationId)
    await room.close({ forAll: !places.isShared })
    if (!places.isShared) await placer.remove(conversationId)
  }

  /** Whether others are in the room, Janus knows a moment after ours have left it. */
  function linger(conversationId: ConversationId, room: VoiceRoom): void {
    clock.schedule(clock.now() + LINGER_MS, () => {
      if (room.people > 0 || rooms.get(conversationId) !== room) return
      closeNow(conversationId, room).catch((error: unknown) => logger.warn({ err: error }, 'a room stays behind'))
    })
  }

  const locateAll = () => Promise.all([...rooms.values()].map((room) => room.locate()))

  function required(conversationId: ConversationId): VoiceRoom {
    const room = rooms.get(conversationId)
    if (room !== undefined) return room
    throw new DomainError('NOT_IN_ROOM', 'You are not in voice here. Join it first.')
  }

  let isClosed = false
  let stopLooking: () => void = () => undefined
  function keepLooking(): void {
    if (isClosed) return
    stopLooking = clock.schedule(clock.now() + LOOK_EVERY_MS, () => {
      // While nobody can say where they live, they stay where they are.
      void locateAll()
        .catch(() => undefined)
        .finally(keepLooking)
    })
  }
  if (places.isShared) keepLooking()

  return {
    topology: 'sfu',
    capacity: () => maxPeople,
    async join(seat) {
      await rooms.get(seat.conversationId)?.locate()
      const room = roomFor(seat.conversationId, seat.isEncrypted)
      try {
        if (room.janus !== null && !room.has(seat.userId) && peopleOn(room.janus) >= maxPeoplePerServer) throw full()
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
    async locate(conversationId) {
      await rooms.get(conversationId)?.locate()
    },
    async close(conversationId) {
      const room = rooms.get(conversationId)
      rooms.delete(conversationId)
      await room?.close({ forAll: true })
      await placer.remove(conversationId)
      await recordings?.drop(conversationId)
    },
    onEvent(listener) {
      emit = listener
    },
    servers: () =>
      pool.januses.map((janus) => ({
        url: janus.server.url,
        isThere: janus.session !== null,
        rooms: roomsOn(janus).length,
        people: peopleOn(janus),
        legs: roomsOn(janus).reduce((sum, room) => sum + room.legs, 0),
      })),
    async [Symbol.asyncDispose]() {
      const all = [...rooms.values()]
      rooms.clear()
      isClosed = true
      stopLooking()
      await Promise.all(all.map((room) => room.close({ forAll: !places.isShared })))
      await pool[Symbol.asyncDispose]()
      await recordings?.[Symbol.asyncDispose]()
    },
  }
}
