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

const VIDEO_WORDS: typeof WORDS = { ...WORDS, MEDIA_CAPACITY: 'errorVideoCapacity' }
const CAMERA_WORDS: typeof WORDS = { ...VIDEO_WORDS, FORBIDDEN: 'cameraFailed', UNAVAILABLE: 'cameraFailed' }

/** What to tell a person about a failure in a call: what happened, what to do. */
export const voiceFailureWords = (code: ErrorCode): PlainVoiceKey => WORDS[code] ?? 'errorOther'

/** The same where it is the screen that can't be shared. */
export const screenFailureWords = (code: ErrorCode): PlainVoiceKey => VIDEO_WORDS[code] ?? 'errorOther'

/** The same where it is the camera that can't be turned on: the browser or the device may have refused it. */
export const cameraFailureWords = (code: ErrorCode): PlainVoiceKey => CAMERA_WORDS[code] ?? 'errorOther'
