import type { Millis, SessionId } from '../ids.ts'
import type { Deadline } from '../ports/deadline-store.ts'
import type { CallId } from './call.ts'

/** When a call stops ringing. */
export function ringDeadline(callId: CallId, at: Millis): Deadline {
  return { key: `ring:${callId}`, at }
}

/** When a device in a call is looked after: whether it still has its connection, or has been without one for too long. */
export function goneDeadline(callId: CallId, sessionId: SessionId, at: Millis): Deadline {
  return { key: `gone:${callId}:${sessionId}`, at }
}

/** What such a key is about. Ids of calls have no colon. */
export function parseCallKey(key: string): { readonly callId: CallId; readonly sessionId: SessionId } {
  const [, callId = '', ...rest] = key.split(':')
  return { callId, sessionId: rest.join(':') }
}
