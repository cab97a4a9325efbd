import type { Caller } from '../caller.ts'
import type { Core, CreateRoom } from '../core.ts'
import type { SetDeadline } from '../deadlines/deadline-runner.ts'
import { DomainError } from '../errors.ts'
import type { ConversationId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import { emptyVoice } from '../voice/voice.ts'
import type { ChangeConversation } from './change-conversation.ts'
import { type Conversation, type ConversationState, type Member, newConversation } from './conversation.ts'
import { decideJoin, isKnown, refuseEntry } from './decide-join.ts'
import type { FindRoom } from './find-room.ts'
import { createKeyedQueue } from './keyed-queue.ts'
import { PERSON_NAME, ROOM_NAME, requireName } from './name-rules.ts'
import { refusals } from './refusals.ts'
import { absentDeadline, lifeDeadlines, MINUTE_MS } from './room-deadlines.ts'
import { readSnapshot, viewPreview, viewRoomMembers } from './snapshot.ts'

/** How many may be in a room where whoever opens it does not say. */
const USUAL_PARTICIPANTS = 30
/** A taken room id is one in 2^60: more than a few in a row is a broken source of ids. */
const MAX_ID_ATTEMPTS = 5

export type RoomService = Pick<Core, 'createRoom' | 'joinRoom' | 'preview'>

/** Opening rooms and asking for a seat in one, over REST: without a connection. */
export function createRoomService(
  ports: CorePorts,
  options: CoreOptions,
  change: ChangeConversation,
  findRoom: FindRoom,
  setDeadline: SetDeadline,
): RoomService {
  const { conversations, messages, voice, limiter, clock, ids, passwords } = ports
  const enqueue = createKeyedQueue()

  async function createRoom(input: CreateRoom) {
    const name = requireName(input.name, 'name', ROOM_NAME)
    const hostName = requireName(input.hostName, 'hostName', PERSON_NAME)
    const maxParticipants = input.maxParticipants ?? Math.min(USUAL_PARTICIPANTS, options.roomMaxParticipants)
    requireOffered(maxParticipants, input.minutes, options)
    const { password, address } = input
    // In turn with the tries of the same address: nobody keeps more than one hash at a time going.
    const passwordHash =
      password === null ? null : await enqueue(`address ${address}`, () => passwords.hash(canonicalPassword(password)))
    const now = clock.now()
    const hostId = input.host ?? ids.userId()
    const self: Member = {
      userId: hostId,
      name: hostName,
      role: 'host',
      joinedAt: now,
      absentSince: now,
      hasEntered: false,
    }
    const newRoom = (id: ConversationId): Conversation =>
      newConversation({
        id,
        kind: 'room',
        name,
        hostId,
        createdAt: now,
        expiresAt: now + input.minutes * MINUTE_MS,
        maxParticipants,
        passwordHash,
        hasLobby: input.hasLobby,
        encrypted: input.encrypted,
        quotaKey: address,
      })
    const state = await store(newRoom, self)
    const { id } = state.conversation
    for (const deadline of lifeDeadlines(id, now + input.minutes * MINUTE_MS, now)) await setDeadline(deadline)
    await setDeadline(absentDeadline(id, hostId, now + options.absentTimeoutMs))
    return {
      self,
      snapshot: await readSnapshot(state, viewRoomMembers(state, emptyVoice(state.conversation.id)), messages, options),
    }
  }

  /** Stores the room under an id that is not taken. */
  async function store(newRoom: (id: ConversationId) => Conversation, host: Member): Promise<ConversationState> {
    for (let attempt = 0; attempt < MAX_ID_ATTEMPTS; attempt += 1) {
      const conversation = newRoom(ids.roomId())
      const epoch = ids.epoch()
      const created = await conversations.create(conversation, epoch, [host], options.roomsPerAddress)
      if (created === 'created') {
        return { conversation, epoch, rev: 0, version: 0, members: new Map([[host.userId, host]]) }
      }
      if (created === 'quota') {
        throw new DomainError(
          'RATE_LIMITED',
          `You have ${options.roomsPerAddress} rooms open. Wait until one of them has ended.`,
          { retryAfterMs: MINUTE_MS },
        )
      }
      if (created === 'full') {
        throw new DomainError('UNAVAILABLE', 'This server has no space for more rooms. Try again later.', {
          retryAfterMs: MINUTE_MS,
        })
      }
    }
    throw new Error('the source of room ids gives out ids that are taken')
  }

  const joinRoom: Core['joinRoom'] = async (input) => {
    const { address, caller } = input
    const found = await findRoom(input.roomId, address, caller)
    // Nobody joins a conversation that lasts by its id: its members are made ones.
    if (found.conversation.kind !== 'room') throw refusals.notFound()
    const { id } = found.conversation
    const userId = caller?.userId ?? ids.userId()
    refuseEntry(found, userId)
    const hasPassword = await passPassword(found, userId, input.password, caller, address)
    const request = { userId, name: input.name, namePath: 'participantName', hasPassword, isPresent: false }
    const { decision, state } = await change(id, (current, now) => decideJoin(current, request, now, options))
    if (decision.outcome === 'waiting') {
      return { status: 'waiting', userId, name: decision.name, preview: viewPreview(state, options) }
    }
    const self = state.members.get(userId)
    if (!self) throw refusals.busy()
    const members = viewRoomMembers(state, await voice.load(id))
    return { status: 'joined', self, snapshot: await readSnapshot(state, members, messages, options) }
  }

  /** Whether they have passed the room's password, if it has one. Guessing is throttled before any hashing. */
  async function passPassword(
    { conversation, ...state }: ConversationState,
    userId: string,
    password: string | null,
    caller: Caller | null,
    address: string,
  ): Promise<boolean> {
    const { id, passwordHash } = conversation
    if (passwordHash === null || caller?.room === id) return true
    if (isKnown({ conversation, ...state }, userId)) return false
    if (password === null) throw refusals.wrongPassword()
    // One after another for each address and each room: tries made at once would all pass before the first one counts.
    return enqueue(`address ${address}`, () =>
      enqueue(`room ${id}`, () => tryPassword(id, passwordHash, password, address)),
    )
  }

  async function tryPassword(id: ConversationId, hash: string, password: string, address: string): Promise<true> {
    const standings = await Promise.all([
      limiter.peek('passwordPerAddress', address),
      limiter.peek('passwordPerRoom', id),
    ])
    const exhausted = standings.find((standing) => !standing.allowed)
    if (exhausted) throw refusals.tooMany(exhausted.retryAfterMs)
    if (await passwords.verify(canonicalPassword(password), hash)) return true
    await Promise.all([limiter.take('passwordPerAddress', address), limiter.take('passwordPerRoom', id)])
    throw refusals.wrongPassword()
  }

  return {
    createRoom,
    joinRoom,
    preview: async (roomId, address) => viewPreview(await findRoom(roomId, address, null), options),
  }
}

function requireOffered(maxParticipants: number, minutes: number, options: CoreOptions): void {
  const most = options.roomMaxParticipants
  if (!Number.isInteger(maxParticipants) || maxParticipants < 2 || maxParticipants > most) {
    throw refusals.invalid('maxParticipants', `must be from 2 to ${most}`)
  }
  const offered = options.roomDurationsMinutes.filter((each) => each <= options.roomMaxMinutes)
  if (!offered.includes(minutes)) throw refusals.invalid('duration', `must be one of ${offered.join(', ')} minutes`)
}

/** The same password, however the keyboard composes its letters. */
function canonicalPassword(password: string): string {
  return password.normalize('NFKC')
}
