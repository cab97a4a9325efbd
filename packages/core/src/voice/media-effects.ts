import { createKeyedQueue } from '../conversations/keyed-queue.ts'
import { startSweep } from '../deadlines/start-sweep.ts'
import type { DomainEvent } from '../events.ts'
import type { ConversationId, SessionId, UserId } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { MediaSeat } from '../ports/media-plane.ts'
import { endedEvent } from './decide-voice.ts'
import type { Voice, VoiceEndReason, VoiceParticipant } from './voice.ts'
import { type AllowedMedia, allowedMedia, inVoice, mayPublish, onSession } from './voice-people.ts'
import { voiceRefusals } from './voice-refusals.ts'

/** Has the media follow who is in voice, and what they may send. */
export interface MediaEffects {
  /** Gives whoever is in voice with this session fresh legs, which let through what they may send. Throws what the plane throws, and `NOT_IN_ROOM`. */
  connect(conversationId: ConversationId, sessionId: SessionId): Promise<void>
  /** Never rejects: what the media server could not do now is reported. */
  follow(before: Voice, after: Voice): Promise<void>
  /** The conversation's voice as this node saw it last; `null` when it carries nobody's media there. */
  seenHere(conversationId: ConversationId): Voice | null
  /** The sessions of the conversation whose media this node carries. */
  sessionsHere(conversationId: ConversationId): readonly SessionId[]
  /** How the session was last seen in voice; `null` when this node does not carry its media, or is about to stop. */
  placeHere(conversationId: ConversationId, sessionId: SessionId): VoiceParticipant | null
  /** Closes the legs of those who are not in voice any more, and sets what others let through. Rejects while that can't be read. */
  look(conversationId: ConversationId): Promise<void>
  /** The session has left, or is gone: nothing is kept for it. Returns whether this node carries its media. */
  forsake(conversationId: ConversationId, sessionId: SessionId): boolean
  /** Closes the session's legs, whether or not it is in voice. */
  release(conversationId: ConversationId, sessionId: SessionId): Promise<void>
  close(): void
}

/** Tells whether somebody is out of voice only for the moment. */
export interface KeptPlaces {
  /** A number that names this moment. It changes as soon as what was read before may be out of date. */
  mark(): number
  /**
   * Why somebody is not in `voice`, which was read after `mark`.
   *
   * - `kept`: they may get their place back, and their media stay.
   * - `stranger`: they are no member, and whoever put them out has told them.
   */
  whyOut(voice: Voice, place: Pick<VoiceParticipant, 'userId' | 'sessionId'>, mark: number): Promise<WhyOut>
}

type WhyOut = 'kept' | 'stranger' | Extract<VoiceEndReason, 'elsewhere' | 'unavailable'>

/** One session's legs. */
interface Legs {
  /** How its user was last seen in voice. */
  place: VoiceParticipant
  /** What they let through; `null` while that is not known. */
  allowed: AllowedMedia | null
  /** The session is out by its own wish, or is no more. */
  isForsaken: boolean
  /** The session was told that it is out. */
  isTold: boolean
}

interface CarriedHere {
  readonly legs: Map<SessionId, Legs>
  seen: Voice
  readonly stop: () => void
}

/** Legs are looked at so often, whatever was told: an event between nodes may be lost. */
const LOOK_EVERY_MS = 5000

/**
 * Carries out on this node's legs what is decided about voice here, and on other nodes as soon as this one is told.
 *
 * - `forget` is called for everybody whose speaking has to be judged anew: what was heard of them so far no longer counts.
 * - `onEvent` gets every event in the voice of a conversation whose media this node carries, from whichever node.
 * - Legs of people who are out of voice only for the moment (`lapsed`) are left as they are.
 */
export function createMediaEffects(
  { voice: voices, media, bus, clock, report }: Pick<CorePorts, 'voice' | 'media' | 'bus' | 'clock' | 'report'>,
  forget: (conversationId: ConversationId, userId: UserId) => void,
  onEvent: (event: DomainEvent) => void,
  lapsed: KeptPlaces,
): MediaEffects {
  // What a session's legs let through is set in turn, each time to how things stand by then.
  const enqueue = createKeyedQueue()
  const conversations = new Map<ConversationId, CarriedHere>()

  function legsOf(voice: Voice): Map<SessionId, Legs> {
    const { conversationId } = voice
    const known = conversations.get(conversationId)
    if (known !== undefined) return known.legs
    const legs = new Map<SessionId, Legs>()
    const stopListening = bus.subscribe(conversationId, ({ event }) => {
      const told = event.type === 'voice.ended' ? legs.get(event.sessionId) : undefined
      if (told !== undefined) told.isTold = true
      if (event.type === 'voice.changed' || event.type === 'voice.ended') void tried(look(conversationId))
      onEvent(event)
    })
    const stopLooking = startSweep({ clock, ...(report && { report }) }, LOOK_EVERY_MS, () => look(conversationId))
    const stop = () => {
      stopListening()
      stopLooking()
    }
    conversations.set(conversationId, { legs, seen: voice, stop })
    return legs
  }

  function drop(conversationId: ConversationId, sessionId: SessionId): void {
    const known = conversations.get(conversationId)
    const legs = known?.legs.get(sessionId)
    if (known === undefined || legs === undefined) return
    known.legs.delete(sessionId)
    forget(conversationId, legs.place.userId)
    if (known.legs.size > 0) return
    known.stop()
    conversations.delete(conversationId)
  }

  /** Sets right the legs that are not as they should be. */
  async function look(conversationId: ConversationId): Promise<void> {
    const here = conversations.get(conversationId)
    if (here === undefined) return
    const { legs } = here
    const voice = await voices.load(conversationId)
    see(here, voice)
    const isWrong = ([sessionId, { allowed }]: [SessionId, Legs]) => {
      const one = onSession(voice, sessionId)
      return one === undefined || one.goneSince !== null || !isSame(allowed, allowedMedia(one))
    }
    await Promise.all(
      [...legs]
        .filter(isWrong)
        .map(([sessionId]) => tried(enqueue(sessionId, () => enforce(conversationId, sessionId)))),
    )
  }

  function see(here: CarriedHere, voice: Voice): void {
    here.seen = voice
    for (const one of voice.participants) {
      const legs = here.legs.get(one.sessionId)
      if (legs !== undefined) legs.place = one
    }
  }

  async function enforce(conversationId: ConversationId, sessionId: SessionId): Promise<void> {
    const mark = lapsed.mark()
    const legs = conversations.get(conversationId)?.legs.get(sessionId)
    if (legs === undefined) return
    const voice = await voices.load(conversationId)
    const one = onSession(voice, sessionId)
    if (one === undefined && !legs.isForsaken) {
      const why = await lapsed.whyOut(voice, legs.place, mark)
      if (why === 'kept') return
      if (why !== 'stranger') tellOut(conversationId, legs, why)
    }
    if (one === undefined || one.goneSince !== null) return close(conversationId, sessionId, legs)
    const allowed = allowedMedia(one)
    if (isSame(legs.allowed, allowed)) return
    await media.restrict(seatOf(voice, one), allowed)
    legs.allowed = allowed
  }

  async function close(conversationId: ConversationId, sessionId: SessionId, { place }: Legs): Promise<void> {
    drop(conversationId, sessionId)
    await media.leave({ conversationId, userId: place.userId, sessionId })
  }

  /** The word of the node that put them out may not have come: without it they would take themselves for heard. */
  function tellOut(conversationId: ConversationId, { place, isTold, isForsaken }: Legs, why: VoiceEndReason): void {
    if (!isTold && !isForsaken) bus.publish(endedEvent(conversationId, place, why, clock.now()))
  }

  async function tried(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      report?.(error)
    }
  }

  return {
    connect: (conversationId, sessionId) =>
      enqueue(sessionId, async () => {
        const voice = await voices.load(conversationId)
        const one = onSession(voice, sessionId)
        if (one === undefined) throw voiceRefusals.notInVoice()
        const seat = seatOf(voice, one)
        await media.join(seat)
        const legs = legsOf(voice)
        // The plane may remember what it was told about a place that was here before.
        const allowed = legs.has(sessionId) ? null : { audio: seat.maySend, video: seat.maySend }
        legs.set(sessionId, { place: one, allowed, isForsaken: false, isTold: false })
        await enforce(conversationId, sessionId)
      }),

    async follow(before, after) {
      if (before === after) return
      const { conversationId } = after
      const here = conversations.get(conversationId)
      if (here !== undefined) see(here, after)
      const work: Promise<void>[] = []
      for (const userId of heardAnew(before, after)) forget(conversationId, userId)
      for (const one of before.participants) {
        const next = inVoice(after, one.userId)
        if (one.goneSince !== null) continue
        if (next?.sessionId !== one.sessionId || next.goneSince !== null) {
          drop(conversationId, one.sessionId)
          work.push(media.leave({ conversationId, userId: one.userId, sessionId: one.sessionId }))
        } else if (isOtherwiseAllowed(one, next)) {
          work.push(enqueue(one.sessionId, () => enforce(conversationId, one.sessionId)))
        }
      }
      if (before.recording !== null && after.recording === null) work.push(media.stopRecording(conversationId))
      await Promise.all(work.map(tried))
    },

    seenHere: (conversationId) => conversations.get(conversationId)?.seen ?? null,
    sessionsHere: (conversationId) => [...(conversations.get(conversationId)?.legs.keys() ?? [])],

    placeHere(conversationId, sessionId) {
      const legs = conversations.get(conversationId)?.legs.get(sessionId)
      return legs === undefined || legs.isForsaken ? null : legs.place
    },
    look,

    forsake(conversationId, sessionId) {
      const legs = conversations.get(conversationId)?.legs.get(sessionId)
      if (legs !== undefined) legs.isForsaken = true
      return legs !== undefined
    },

    release: (conversationId, sessionId) =>
      enqueue(sessionId, async () => {
        const legs = conversations.get(conversationId)?.legs.get(sessionId)
        if (legs !== undefined) await close(conversationId, sessionId, legs)
      }),

    close() {
      for (const { stop } of conversations.values()) stop()
      conversations.clear()
    },
  }
}

const isSame = (one: AllowedMedia | null, other: AllowedMedia): boolean =>
  one !== null && one.audio === other.audio && one.video === other.video

/** Those who came, went, muted themselves or unmuted: what was heard of them before no longer counts. */
function heardAnew(before: Voice, after: Voice): UserId[] {
  const all = new Set([...before.participants, ...after.participants].map(({ userId }) => userId))
  return [...all].filter((userId) => {
    const [was, is] = [inVoice(before, userId), inVoice(after, userId)]
    return was?.legs !== is?.legs || was?.muted !== is?.muted || was?.goneSince !== is?.goneSince
  })
}

function isOtherwiseAllowed(before: VoiceParticipant, after: VoiceParticipant): boolean {
  return !isSame(allowedMedia(before), allowedMedia(after))
}

export function seatOf({ conversationId, isEncrypted }: Voice, participant: VoiceParticipant): MediaSeat {
  const { userId, name, sessionId } = participant
  return { conversationId, userId, name, sessionId, maySend: mayPublish(participant), isEncrypted }
}
