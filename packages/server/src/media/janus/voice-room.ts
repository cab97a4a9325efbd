import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import {
  type Clock,
  type ConversationId,
  DomainError,
  type MediaEvent,
  type MediaSeat,
  type MediaSignal,
  type Millis,
  type SessionId,
  type UserId,
} from '@parley/core'
import type { Logger } from 'pino'
import { JanusError, JanusLostError } from './janus-errors.ts'
import type { PluginData } from './janus-messages.ts'
import type { PooledJanus } from './janus-pool.ts'
import type { JanusRoom } from './janus-room.ts'
import { type JanusSeat, openJanusSeat } from './janus-seat.ts'
import type { Allowed, Recorder } from './publish-leg.ts'
import type { RunningRecording } from './recording/recordings.ts'
import { createRemoteFeeds } from './remote-feeds.ts'

export interface VoiceRoomOptions {
  readonly conversationId: ConversationId
  readonly isEncrypted: boolean
  readonly clock: Clock
  readonly logger: Logger
  /** Finds it a room on one of the servers. Rejects with `MEDIA_UNAVAILABLE` when there is none, or `MEDIA_CAPACITY`. */
  place(): Promise<JanusRoom>
  /** Whether it still is to live there. */
  isStillIn(room: JanusRoom): Promise<boolean>
  /** Nobody is there any more, of any node. */
  left(room: JanusRoom): Promise<void>
  emit(event: MediaEvent): void
}

/** The voice of one conversation: it lives on one Janus, and moves when that one dies. */
export interface VoiceRoom {
  /** Where it lives; `null` between two places. */
  readonly janus: PooledJanus | null
  /** Those in it, and those who were in it on a Janus that died and are expected back. */
  readonly people: number
  /** Their connections to that Janus: one by which each sends, one by which each receives. */
  readonly legs: number
  has(userId: UserId): boolean
  join(who: MediaSeat): Promise<void>
  leave(userId: UserId, sessionId: SessionId): Promise<void>
  signal(who: MediaSeat, signal: MediaSignal): Promise<void>
  restrict(who: MediaSeat, allowed: Allowed): Promise<void>
  /** Records with `start`. Harmless while it records already. Throws `FORBIDDEN`, `MEDIA_UNAVAILABLE`. */
  startRecording(start: () => RunningRecording): Promise<void>
  stopRecording(): Promise<void>
  /** Its Janus died: everybody is expected back on another one. */
  lose(): void
  /** Another node may have moved it: then everybody is expected there. */
  locate(): Promise<void>
  /** A Janus was found: when the room has no place, it may have one now. */
  retry(): void
  /** With `forAll` for everybody on any node, otherwise for those of this one. */
  close(options: { readonly forAll: boolean }): Promise<void>
}

/** How long somebody who joins waits for a media server that is about to be there. */
const PATIENCE_MS = 2000
/** A gap that is over sooner is not worth a word. */
const LOST_AFTER_MS = 1500
/** Janus's code for a room that it does not have: it was removed by somebody else. */
const NO_SUCH_ROOM = 426
/** A room that is destroyed is mostly that of a conversation that is over, of which we hear in a moment. */
const DESTROYED_AFTER_MS = 1000
const LEGS_OF_SEAT = 2
const EVERYTHING: Allowed = { audio: true, video: true }

export function createVoiceRoom(options: VoiceRoomOptions): VoiceRoom {
  const { conversationId, clock, logger, emit } = options
  const seats = new Map<UserId, JanusSeat>()
  /** Who is on their way in: the last one of a user counts. */
  const entering = new Map<UserId, MediaSeat>()
  const expected = new Map<UserId, SessionId>()
  const restrictions = new Map<UserId, Allowed>()
  const ownFeeds = new Set<string>()
  const remote = createRemoteFeeds((feed) => ownFeeds.has(feed))
  let recording: RunningRecording | null = null
  let recordedFiles = 0
  let room: JanusRoom | null = null
  let placing: Promise<JanusRoom> | null = null
  let isHomeless = false
  let stopTimer: () => void = () => undefined
  let isClosed = false

  const report = (error: unknown) => {
    // That is told once, by the server that is lost.
    if (!(error instanceof JanusLostError)) logger.error({ err: error, conversationId }, 'media failed')
  }

  /** Finds the room a place; those who were on another one before are told. */
  function settle(): Promise<JanusRoom> {
    placing ??= options
      .place()
      .then((found) => {
        // Nobody waits for it. When it can't be left now, its place is given up with time, and Janus's room when that is empty.
        if (isClosed) leave(found).catch((err: unknown) => logger.warn({ err }, 'a room stays behind'))
        else room = found
        if (isHomeless) arrive()
        return found
      })
      .finally(() => {
        placing = null
      })
    return placing
  }

  function arrive(): void {
    isHomeless = false
    stopTimer()
    logger.info(
      { conversationId, people: expected.size },
      'voice goes on, on another media server or on the same again',
    )
    emit({ type: 'moved', conversationId })
  }

  async function placeFor(who: MediaSeat, until: Millis): Promise<JanusRoom> {
    for (;;) {
      if (room !== null) return room
      try {
        return await settle()
      } catch (error) {
        const isWorthWaiting = error instanceof DomainError && error.code === 'MEDIA_UNAVAILABLE'
        if (!isWorthWaiting || clock.now() >= until || entering.get(who.userId) !== who) throw error
        await found(until)
      }
    }
  }

  /** Resolves when a server is found, or at that time. */
  const waiters = new Set<() => void>()
  function found(until: Millis): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiters.add(resolve)
    const stop = clock.schedule(until, resolve)
    return promise.finally(() => {
      stop()
      waiters.delete(resolve)
    })
  }

  const others = (userId: UserId) =>
    [...[...seats.values()].flatMap((seat) => seat.published()), ...remote.published()].filter(
      (stream) => stream.userId !== userId,
    )

  function followAll(except: UserId | null): void {
    for (const seat of seats.values()) if (seat.who.userId !== except) seat.follow()
  }

  /** Each handle in the room is told the same. */
  function take(data: PluginData, from: JanusRoom): void {
    if (from !== room) return
    if (data.videoroom === 'destroyed') {
      clock.schedule(clock.now() + DESTROYED_AFTER_MS, () => {
        if (room === from && seats.size > 0) lose()
      })
    } else if (remote.take(data)) followAll(null)
    if (data.leaving !== undefined) ownFeeds.delete(data.leaving)
  }

  /** Goes from there, and takes the room along when nobody else is in it. */
  async function leave(there: JanusRoom): Promise<void> {
    const isEmpty = await there.isEmpty().catch(() => false)
    if (!isEmpty) return there.forsake()
    await options.left(there)
    await there.destroy()
  }

  const recorders = new Map<MediaSeat, Recorder>()
  /** The same one while the recording runs; `null` where Janus can't write what we could read. */
  function recorderFor(who: MediaSeat): Recorder | null {
    const folder = room?.janus.server.recordingsFolder ?? null
    if (recording === null || folder === null) return null
    const running = recording
    const known = recorders.get(who)
    if (known !== undefined) return known
    const recorder: Recorder = {
      newBase() {
        recordedFiles += 1
        return join(running.folderIn(folder), String(recordedFiles))
      },
      add: (path) => running.add({ userId: who.userId, name: who.name }, path),
    }
    recorders.set(who, recorder)
    return recorder
  }

  async function stopRecording(): Promise<void> {
    const stopped = recording
    recording = null
    recorders.clear()
    await Promise.all([...seats.values()].map((seat) => seat.record().catch(report)))
    stopped?.finish()
  }

  async function enterVoice(who: MediaSeat): Promise<void> {
    const { userId } = who
    const until = clock.now() + PATIENCE_MS
    entering.set(userId, who)
    try {
      const seat = await enter(who, until)
      expected.delete(userId)
      seats.set(userId, seat)
      seat.follow()
    } finally {
      if (entering.get(userId) === who) entering.delete(userId)
    }
  }

  async function enter(who: MediaSeat, until: Millis): Promise<JanusSeat> {
    const { userId } = who
    const place = await placeFor(who, until)
    void seats.get(userId)?.close()
    seats.delete(userId)
    const feed = randomUUID()
    ownFeeds.add(feed)
    try {
      const seat = await openJanusSeat({
        who,
        feed,
        room: place,
        clock,
        recorder: () => recorderFor(who),
        allowed: restrictions.get(userId) ?? EVERYTHING,
        others: () => others(userId),
        changed: () => followAll(userId),
        told: (data) => take(data, place),
        emit,
        report,
      })
      if (entering.get(userId) === who && room === place) return seat
      void seat.close()
    } catch (error) {
      const isGone = error instanceof JanusError && error.code === NO_SUCH_ROOM
      if (!isGone && !(error instanceof JanusLostError)) throw error
      if (isGone && room === place) lose()
    }
    // Left meanwhile, or joined again; or the server, or the room there, is no more.
    if (entering.get(userId) !== who || clock.now() >= until) throw gone()
    return enter(who, until)
  }

  function lose(): void {
    void room?.forsake()
    room = null
    remote.clear()
    ownFeeds.clear()
    for (const seat of seats.values()) {
      expected.set(seat.who.userId, seat.who.sessionId)
      void seat.close()
    }
    seats.clear()
    if (expected.size === 0 || isHomeless) return
    isHomeless = true
    stopTimer = clock.schedule(clock.now() + LOST_AFTER_MS, () => emit({ type: 'lost', conversationId }))
    resettle()
  }

  /** After a loss: tries whether the room can live somewhere again. */
  function resettle(): void {
    if (!isHomeless || isClosed) return
    settle().catch((error: unknown) => {
      if (!(error instanceof DomainError)) report(error)
    })
  }

  function seatOf({ userId, sessionId }: MediaSeat): JanusSeat {
    const seat = seats.get(userId)
    if (seat?.who.sessionId === sessionId) return seat
    throw isHomeless || expected.has(userId) ? unavailable() : notHere()
  }

  return {
    get janus() {
      return room?.janus ?? null
    },
    get people() {
      return new Set([...seats.keys(), ...expected.keys(), ...entering.keys()]).size
    },
    get legs() {
      return seats.size * LEGS_OF_SEAT
    },
    has: (userId) => seats.has(userId) || expected.has(userId),
    join: (who) => orUnavailable(() => enterVoice(who), report),
    async leave(userId, sessionId) {
      if (entering.get(userId)?.sessionId === sessionId) entering.delete(userId)
      if (expected.get(userId) === sessionId) expected.delete(userId)
      const seat = seats.get(userId)
      if (seat?.who.sessionId === sessionId) {
        seats.delete(userId)
        await seat.close()
      }
      if (!seats.has(userId) && !expected.has(userId) && !entering.has(userId)) restrictions.delete(userId)
    },
    signal: (who, signal) => orUnavailable(() => seatOf(who).signal(signal, who.maySend), report),
    async restrict(who, allowed) {
      restrictions.set(who.userId, allowed)
      await orUnavailable(async () => seats.get(who.userId)?.restrict(allowed, who.maySend), report)
    },
    async startRecording(start) {
      if (options.isEncrypted)
        throw new DomainError('FORBIDDEN', 'This room is encrypted from end to end: nothing in it can be recorded.')
      if ((room?.janus.server.recordingsFolder ?? null) === null) throw cannotRecord()
      recording ??= start()
      await orUnavailable(() => Promise.all([...seats.values()].map((seat) => seat.record())), report)
    },
    stopRecording,
    lose,
    async locate() {
      const there = room
      if (there === null || (await options.isStillIn(there)) || room !== there) return
      lose()
    },
    retry() {
      for (const wake of waiters) wake()
      resettle()
    },
    async close({ forAll }) {
      isClosed = true
      isHomeless = false
      stopTimer()
      for (const wake of waiters) wake()
      await stopRecording()
      const all = [...seats.values()]
      seats.clear()
      expected.clear()
      entering.clear()
      await Promise.all(all.map((seat) => seat.close()))
      if (room === null) return
      if (!forAll) return leave(room)
      await options.left(room)
      await room.destroy()
    },
  }
}

const unavailable = () =>
  new DomainError('MEDIA_UNAVAILABLE', 'No media server answers now. Wait a moment; voice comes back by itself.')
export const cannotRecord = () => new DomainError('MEDIA_UNAVAILABLE', 'Nothing can be recorded here.')
const notHere = () => new DomainError('NOT_IN_ROOM', 'You are not in voice here. Join it first.')
const gone = () => new DomainError('MEDIA_UNAVAILABLE', 'Voice went on without you while you joined. Join it again.')

/** What a media server refuses or leaves unanswered is no fault of the person who asked. */
async function orUnavailable<T>(task: () => Promise<T>, report: (error: unknown) => void): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (!(error instanceof JanusError || error instanceof JanusLostError)) throw error
    report(error)
    throw unavailable()
  }
}
