import { DomainError, StrangerError } from '../errors.ts'
import type { ConversationKind } from './conversation.ts'

/** The refusals that several rules share, each with one wording. */
export const refusals = {
  notFound: () =>
    new DomainError(
      'CONVERSATION_NOT_FOUND',
      'There is no such conversation, or it is over, or you are not in it. Check the link.',
    ),
  expired: () => new DomainError('ROOM_EXPIRED', 'The time of this room is up. Open a new one.'),
  /** What somebody who is not in this conversation is told: one that lasts looks to them like one that is not there. */
  stranger: (kind: ConversationKind): DomainError => (kind === 'room' ? refusals.notInRoom() : refusals.notFound()),
  direct: () => new DomainError('FORBIDDEN', 'This cannot be done in a direct conversation: it stays one of its two.'),
  onlyRooms: () => new DomainError('FORBIDDEN', 'Only rooms have this: a chat goes on as it is.'),
  notInRoom: () => new StrangerError('You are not in this room. Join it first.', refusals.notFound()),
  userNotFound: () => new DomainError('USER_NOT_FOUND', 'Nobody here has that id.'),
  unknownUser: () => new DomainError('USER_NOT_FOUND', 'Nobody with this id is known here.'),
  messageNotFound: () => new DomainError('MESSAGE_NOT_FOUND', 'There is no such message, or it was deleted.'),
  notificationNotFound: () =>
    new DomainError('NOTIFICATION_NOT_FOUND', 'There is no such notification, or it was seen already.'),
  kicked: () => new DomainError('KICKED', 'You were removed from this room and cannot come back.'),
  locked: () =>
    new DomainError('ROOM_LOCKED', 'This room is locked: nobody new can come in until the host unlocks it.'),
  full: () => new DomainError('ROOM_FULL', 'This room is full. Try again when somebody has left.'),
  lobbyFull: () => new DomainError('ROOM_FULL', 'Too many people are waiting to be let in. Try again in a while.'),
  wrongPassword: () => new DomainError('WRONG_PASSWORD', 'This room needs its password, and this is not it.'),
  nameTaken: (path: string) =>
    new DomainError('NAME_TAKEN', 'Somebody in this room already has that name. Choose another one.', {
      errors: [{ path, message: 'is taken in this room' }],
    }),
  toOneself: () => new DomainError('FORBIDDEN', 'Nobody can remove themselves. Leave the room instead.'),
  forbidden: (who: string) => new DomainError('FORBIDDEN', `Only ${who} can do this.`),
  invalid: (path: string, message: string) =>
    new DomainError('VALIDATION_FAILED', `${path} ${message}.`, { errors: [{ path, message }] }),
  tooMany: (retryAfterMs: number) =>
    new DomainError('RATE_LIMITED', 'Too many attempts. Wait a while, then try again.', { retryAfterMs }),
  busy: () => new DomainError('UNAVAILABLE', 'Too much is changing here at once. Try again.', { retryAfterMs: 1_000 }),
}
