import { DomainError } from '../errors.ts'

/** What is refused about calls, each with one wording. */
export const callRefusals = {
  notFound: () => new DomainError('CALL_NOT_FOUND', 'There is no such call, or it is over.'),
  noChat: () => new DomainError('CONVERSATION_NOT_FOUND', 'There is no such conversation, or you are not in it.'),
  elsewhere: () => new DomainError('CONFLICT', 'You are in this call on another of your devices.'),
  onlyChats: () => new DomainError('FORBIDDEN', 'A room has its own voice: calls are for chats.'),
  nobody: () => new DomainError('CONFLICT', 'There is nobody else in this chat to call.'),
  tooMany: (most: number) => new DomainError('CONFLICT', `A call can ring at most ${most} people.`),
  noSuchParty: () => new DomainError('USER_NOT_FOUND', 'Nobody in this call has that id.'),
  busy: () =>
    new DomainError('UNAVAILABLE', 'Too much is changing in this call at once. Try again.', { retryAfterMs: 1_000 }),
}
