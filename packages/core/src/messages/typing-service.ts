import type { SessionCaller } from '../caller.ts'
import type { ConversationId, Millis, SessionId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'

interface Typist {
  readonly name: string
  readonly sessionId: SessionId
  readonly toldAt: Millis
  readonly cancelTimeout: () => void
}

export interface TypingService {
  /** Takes note of typing and tells the others, seldom enough while it goes on. `name` is asked for only when they are told. */
  start(id: ConversationId, caller: SessionCaller, name: () => Promise<string>): Promise<void>
  /** Tells the others that somebody stopped, if they were typing. */
  stop(id: ConversationId, userId: UserId): void
  /** The same, if they were typing on this session. */
  stopSession(id: ConversationId, caller: Pick<SessionCaller, 'userId' | 'sessionId'>): void
  close(): void
}

/** Who is typing on this node's sessions. Nothing of it is stored. */
export function createTypingService(
  { bus, clock }: Pick<CorePorts, 'bus' | 'clock'>,
  options: Pick<CoreOptions, 'typingTimeoutMs' | 'typingRepeatMs'>,
): TypingService {
  const typists = new Map<ConversationId, Map<UserId, Typist>>()

  function put(id: ConversationId, userId: UserId, typist: Typist): void {
    const there = typists.get(id)
    if (there) there.set(userId, typist)
    else typists.set(id, new Map([[userId, typist]]))
  }

  function tell(type: 'typing.started' | 'typing.stopped', id: ConversationId, userId: UserId, typist: Typist): void {
    bus.publish({
      event: { type, conversationId: id, at: clock.now(), userId, name: typist.name },
      audience: { kind: 'topic' },
      exceptSession: typist.sessionId,
    })
  }

  function stop(id: ConversationId, userId: UserId): void {
    const there = typists.get(id)
    const typist = there?.get(userId)
    if (!there || !typist) return
    typist.cancelTimeout()
    there.delete(userId)
    if (there.size === 0) typists.delete(id)
    tell('typing.stopped', id, userId, typist)
  }

  return {
    async start(id, { userId, sessionId }, askName) {
      const known = typists.get(id)?.get(userId)
      const isRepeat = known !== undefined && clock.now() - known.toldAt < options.typingRepeatMs
      const name = isRepeat ? known.name : await askName()
      const now = clock.now()
      // Looked up again: they may have stopped, or been told of, while the name was asked for.
      typists.get(id)?.get(userId)?.cancelTimeout()
      const typist: Typist = {
        name,
        sessionId,
        toldAt: isRepeat ? known.toldAt : now,
        cancelTimeout: clock.schedule(now + options.typingTimeoutMs, () => stop(id, userId)),
      }
      put(id, userId, typist)
      if (!isRepeat) tell('typing.started', id, userId, typist)
    },
    stop,
    stopSession(id, { userId, sessionId }) {
      if (typists.get(id)?.get(userId)?.sessionId === sessionId) stop(id, userId)
    },
    close() {
      for (const there of typists.values()) for (const typist of there.values()) typist.cancelTimeout()
      typists.clear()
    },
  }
}
