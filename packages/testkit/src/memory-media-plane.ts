import {
  DomainError,
  type MediaEvent,
  type MediaPlane,
  type MediaSeat,
  type MediaSignal,
  type SessionId,
} from '@parley/core'

interface Legs {
  readonly seat: MediaSeat
  allowed: { readonly audio: boolean; readonly video: boolean }
}

/** A media plane that carries nothing and keeps account: who has legs, what of theirs would be heard, what was said. */
export interface MemoryMediaPlane extends MediaPlane {
  /** The legs of everybody who has some, by session. */
  readonly legs: ReadonlyMap<SessionId, Legs>
  /** What clients said to the server, in order. */
  readonly signals: readonly { readonly sessionId: SessionId; readonly signal: MediaSignal }[]
  readonly recorded: ReadonlySet<string>
  /** Conversations that were closed. */
  readonly closed: readonly string[]
  /** Conversations that were looked for, in order. */
  readonly located: readonly string[]
  /** What a media server would say by itself. */
  say(event: MediaEvent): void
  /** From now on nobody can join: no media server answers. */
  isDown: boolean
  /** Waited for before legs are made. */
  beforeJoin: () => Promise<void>
}

export interface MemoryMediaOptions {
  readonly topology?: MediaPlane['topology']
  readonly mostInAudio?: number
  readonly mostInVideo?: number
}

export function createMemoryMediaPlane(options: MemoryMediaOptions = {}): MemoryMediaPlane {
  const { topology = 'sfu', mostInAudio = 6, mostInVideo = 4 } = options
  const legs = new Map<SessionId, Legs>()
  const signals: { sessionId: SessionId; signal: MediaSignal }[] = []
  const recorded = new Set<string>()
  const closed: string[] = []
  const located: string[] = []
  let tell: (event: MediaEvent) => void = () => undefined

  return {
    topology,
    legs,
    signals,
    recorded,
    closed,
    located,
    isDown: false,
    beforeJoin: async () => undefined,
    say: (event) => tell(event),
    capacity: (withVideo) => (withVideo ? mostInVideo : mostInAudio),
    async join(seat) {
      await this.beforeJoin()
      if (this.isDown) throw unavailable()
      legs.set(seat.sessionId, { seat, allowed: { audio: seat.maySend, video: seat.maySend } })
    },
    async leave({ sessionId }) {
      legs.delete(sessionId)
    },
    async signal(seat, signal, to) {
      if (!legs.has(seat.sessionId)) throw new DomainError('NOT_IN_ROOM', 'You have no media here. Join voice again.')
      if (topology === 'mesh' && to === null) throw new DomainError('VALIDATION_FAILED', 'to: says for whom this is.')
      if (to === null) signals.push({ sessionId: seat.sessionId, signal })
      else {
        const { conversationId, userId: from } = seat
        tell({ type: 'signal', conversationId, sessionId: to.sessionId, from, signal })
      }
    },
    async restrict({ sessionId }, allowed) {
      const one = legs.get(sessionId)
      if (one) one.allowed = allowed
    },
    async startRecording(conversationId) {
      if (this.isDown) throw unavailable()
      recorded.add(conversationId)
    },
    async stopRecording(conversationId) {
      recorded.delete(conversationId)
    },
    async locate(conversationId) {
      located.push(conversationId)
    },
    async close(conversationId) {
      closed.push(conversationId)
      recorded.delete(conversationId)
      for (const [sessionId, { seat }] of legs) if (seat.conversationId === conversationId) legs.delete(sessionId)
    },
    onEvent(listener) {
      tell = listener
    },
  }
}

function unavailable(): DomainError {
  return new DomainError('MEDIA_UNAVAILABLE', 'No media server answers. Try again in a moment.')
}
