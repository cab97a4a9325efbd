import { DomainError } from '../errors.ts'

/** What is refused about voice, each with one wording. */
export const voiceRefusals = {
  notInVoice: () => new DomainError('NOT_IN_ROOM', 'You are not in voice here. Join it first.'),
  otherNotInVoice: () => new DomainError('NOT_IN_ROOM', 'They are not in voice here any more.'),
  full: (most: number) =>
    new DomainError(
      'MEDIA_CAPACITY',
      `At most ${most} people can talk here at once. Try again when somebody has left.`,
    ),
  fullForVideo: (most: number) =>
    new DomainError('MEDIA_CAPACITY', `With video at most ${most} people can talk here at once. Stay without video.`),
  listener: () => new DomainError('FORBIDDEN', 'You are a listener here. Raise your hand to be made a speaker.'),
  listenOnly: () => new DomainError('FORBIDDEN', 'You came to listen. Join voice again to speak.'),
  hardMuted: () => new DomainError('FORBIDDEN', 'A moderator keeps you muted. Raise your hand to be let speak.'),
  notRecorded: () => new DomainError('FORBIDDEN', 'Recording is switched off on this server.'),
  encrypted: () =>
    new DomainError('FORBIDDEN', 'This room is encrypted from end to end: the server has nothing it could record.'),
  nothingToRecord: () => new DomainError('CONFLICT', 'Nobody is in voice. Start the recording when somebody is.'),
  busy: () =>
    new DomainError('UNAVAILABLE', 'Too much is changing in voice at once. Try again.', { retryAfterMs: 1_000 }),
}
