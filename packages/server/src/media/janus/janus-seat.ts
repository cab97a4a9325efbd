import { type Clock, DomainError, type MediaEvent, type MediaSeat, type MediaSignal } from '@parley/core'
import { JanusError } from './janus-errors.ts'
import type { PluginData } from './janus-messages.ts'
import type { JanusRoom } from './janus-room.ts'
import { type Allowed, openPublishLeg, type Recorder } from './publish-leg.ts'
import { createSpeechMeter } from './speech-meter.ts'
import { createSubscribeLeg, type Published } from './subscribe-leg.ts'

export interface JanusSeatOptions {
  readonly who: MediaSeat
  /** Under which id Janus knows what this one sends. */
  readonly feed: string
  readonly room: JanusRoom
  readonly clock: Clock
  readonly allowed: Allowed
  /** Where Janus records now; `null` while it doesn't. */
  recorder(): Recorder | null
  /** What everybody else sends. */
  others(): readonly Published[]
  /** What this one sends has changed: others follow. */
  changed(): void
  /** Janus says something of the room, or of what others in it send. */
  told(data: PluginData): void
  emit(event: MediaEvent): void
  /** Something failed that nobody waits for. */
  report(error: unknown): void
}

/** One person's media in a room: a leg for what they send, and one for all that they receive. */
export interface JanusSeat {
  readonly who: MediaSeat
  /** What others can have of it. */
  published(): readonly Published[]
  /** Others send something else now. */
  follow(): void
  /** Throws `VALIDATION_FAILED`, `FORBIDDEN`. */
  signal(signal: MediaSignal, maySend: boolean): Promise<void>
  /** What is allowed to reach others. Who may not send at all has their leg closed. */
  restrict(allowed: Allowed, maySend: boolean): Promise<void>
  /** Begins or ends to record, as `recorder` says now. */
  record(): Promise<void>
  /** Closes both legs at once. Never rejects. */
  close(): Promise<void>
}

/** A microphone of which nothing has come in this time is not heard. */
const UNHEARD_MS = 3000

/** Takes a seat: what others send is offered at once. Rejects with `JanusError` or `JanusLostError`. */
export async function openJanusSeat(options: JanusSeatOptions): Promise<JanusSeat> {
  const { who, feed, room, clock, emit } = options
  const { conversationId, userId, sessionId } = who
  let allowed = options.allowed
  let isHeard = true
  let stopTimer: () => void = () => undefined
  let hasSent = false

  const meter = createSpeechMeter({
    clock,
    tell: (isSpeaking, level) => emit({ type: 'level', conversationId, userId, isSpeaking, level }),
  })

  function setHeard(now: boolean): void {
    stopTimer()
    if (isHeard === now) return
    isHeard = now
    emit({ type: 'heard', conversationId, userId, isHeard })
  }

  const sends = await openPublishLeg({
    room,
    feed,
    userId,
    told: options.told,
    recorder: options.recorder,
    report: options.report,
    changed() {
      const sources = [...sends.streams().values()]
      if (!sources.includes('mic')) {
        stopTimer()
        meter.stop()
        hasSent = false
      } else if (!hasSent) {
        hasSent = true
        stopTimer = clock.schedule(clock.now() + UNHEARD_MS, () => setHeard(false))
      }
      options.changed()
    },
    heard: setHeard,
    talking(isTalking, dBov) {
      // Janus measures those too whom it lets nobody hear.
      if (allowed.audio) meter.note(isTalking, dBov)
    },
  })
  await sends.allow(allowed)

  const receives = createSubscribeLeg({
    room,
    privateId: sends.privateId,
    published: options.others,
    tell: (signal) =>
      emit({ type: 'signal', conversationId, sessionId, from: null, signal: { ...signal, leg: 'subscribe' } }),
    report: options.report,
  })

  async function takeOffer(sdp: string, signal: MediaSignal, maySend: boolean): Promise<void> {
    if (!maySend) throw new DomainError('FORBIDDEN', 'You are here to listen. Ask a moderator to let you speak.')
    const answer = await sends.offer(sdp, signal.streams ?? [])
    const description = { type: 'answer', sdp: answer } as const
    emit({ type: 'signal', conversationId, sessionId, from: null, signal: { description, leg: 'publish' } })
  }

  async function takeAnswer(sdp: string): Promise<void> {
    try {
      await receives.answer(sdp)
    } catch (error) {
      if (!(error instanceof JanusError)) throw error
      throw new DomainError(
        'VALIDATION_FAILED',
        'This media answer can not be used. Join the conversation’s voice again.',
      )
    }
  }

  return {
    who,
    published: () => [...sends.streams()].map(([mid, source]) => ({ feed, mid, userId, source })),
    follow: receives.follow,
    async signal(signal, maySend) {
      const { description, streams, restart } = signal
      if (description?.type === 'offer') await takeOffer(description.sdp, signal, maySend)
      else if (description?.type === 'answer') await takeAnswer(description.sdp)
      else if (streams !== undefined) receives.want(streams)
      else if (restart === true) receives.restart()
      // Candidates are not needed: Janus learns where a browser is when it knocks.
    },
    async restrict(now, maySend) {
      allowed = now
      if (!allowed.audio) meter.stop()
      if (!maySend) await sends.unpublish()
      await sends.allow(allowed)
    },
    record: sends.record,
    async close() {
      stopTimer()
      meter.stop()
      await Promise.all([sends.close(), receives.close()])
    },
  }
}
