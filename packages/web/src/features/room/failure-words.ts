import type { TimelineMessage } from '@parley/client'
import type { ErrorCode } from '@parley/protocol/constants'
import type { PlainKey, Text } from '../../i18n/text.ts'

const WORDS: Readonly<Partial<Record<ErrorCode, PlainKey>>> = {
  FORBIDDEN: 'room.errorForbidden',
  NOT_IN_ROOM: 'room.errorForbidden',
  RATE_LIMITED: 'room.errorRateLimited',
  PAYLOAD_TOO_LARGE: 'room.errorTooLarge',
  VALIDATION_FAILED: 'room.errorInvalid',
  CONFLICT: 'room.errorInvalid',
  ROOM_LOCKED: 'room.errorLocked',
  ROOM_FULL: 'room.errorFull',
  ROOM_EXPIRED: 'room.errorExpired',
  MESSAGE_NOT_FOUND: 'room.errorMessageGone',
  USER_NOT_FOUND: 'room.errorPersonGone',
  ROOM_NOT_FOUND: 'room.errorRoomGone',
  CONVERSATION_NOT_FOUND: 'room.errorRoomGone',
  KICKED: 'room.errorKicked',
  NAME_TAKEN: 'room.errorNameTaken',
  UNAUTHENTICATED: 'room.errorSession',
  TOKEN_EXPIRED: 'room.errorSession',
  UNAVAILABLE: 'room.errorNoAnswer',
}

/** What to tell a person about a failure: what happened, what to do. */
export const failureWords = (code: ErrorCode): PlainKey => WORDS[code] ?? 'room.errorOther'

/** That a message was refused, and why. */
export const notSentWords = (text: Text, { error }: TimelineMessage): string =>
  `${text('room.failed')}. ${text(error === undefined ? 'room.errorOther' : failureWords(error.code))}`
