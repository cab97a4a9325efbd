import type { ErrorCode } from '@parley/protocol/constants'
import type { PlainVoiceKey } from '../../i18n/voice-words.ts'

const WORDS: Readonly<Partial<Record<ErrorCode, PlainVoiceKey>>> = {
  MEDIA_CAPACITY: 'errorCapacity',
  MEDIA_UNAVAILABLE: 'errorUnavailable',
  FORBIDDEN: 'errorForbidden',
  RATE_LIMITED: 'errorRateLimited',
  NOT_IN_ROOM: 'errorNotInRoom',
  USER_NOT_FOUND: 'errorPersonGone',
  UNAVAILABLE: 'errorNoAnswer',
}

/** What to tell a person about a failure in a call: what happened, what to do. */
export const voiceFailureWords = (code: ErrorCode): PlainVoiceKey => WORDS[code] ?? 'errorOther'
