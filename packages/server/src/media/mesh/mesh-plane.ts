import { DomainError, type MediaEvent, type MediaPlane, type MediaSeat } from '@parley/core'
import { sendsMedia } from './sends-media.ts'

/** Each browser sends to each other one: more would be too much for a home's line, or a phone. */
const MOST_IN_AUDIO = 6
const MOST_IN_VIDEO = 4

/**
 * Browsers send to each other; the server passes on what they say about it, between people who are in voice with each
 * other, and lets nobody who may not send offer anything.
 */
export function createMeshPlane(): MediaPlane {
  let tell: (event: MediaEvent) => void = () => undefined

  return {
    topology: 'mesh',
    capacity: (withVideo) => (withVideo ? MOST_IN_VIDEO : MOST_IN_AUDIO),

    async join() {
      // Those who are there offer to whoever comes.
    },

    async leave() {
      // The others see that they are gone, and close what they had with them.
    },

    async signal(seat, signal, to) {
      if (to === null)
        throw new DomainError('VALIDATION_FAILED', 'to: says for whom this is: there is no media server.')
      if (to.userId === seat.userId) throw new DomainError('VALIDATION_FAILED', 'to: must be somebody else.')
      const { description, candidate, streams } = signal
      if (!seat.maySend && description !== undefined && sendsMedia(description.sdp)) throw mayNotSend()
      if (!seat.maySend && streams !== undefined && streams.length > 0) throw mayNotSend()
      tell({
        type: 'signal',
        conversationId: seat.conversationId,
        sessionId: to.sessionId,
        from: seat.userId,
        signal: {
          ...(description === undefined ? {} : { description }),
          ...(candidate === undefined ? {} : { candidate }),
          ...(streams === undefined ? {} : { streams }),
        },
      })
    },

    async restrict(_seat: MediaSeat) {
      // What browsers send to each other is theirs to stop: everybody hears who is muted, and plays none of it.
    },

    async startRecording() {
      throw new DomainError('MEDIA_UNAVAILABLE', 'Nothing can be recorded here: people hear each other directly.')
    },

    async stopRecording() {
      // Nothing is ever recorded.
    },

    async locate() {
      // It lives in the browsers.
    },

    async close() {
      // Nothing is kept.
    },

    onEvent(listener) {
      tell = listener
    },
  }
}

function mayNotSend(): DomainError {
  return new DomainError('FORBIDDEN', 'You are here to listen. Raise your hand to be made a speaker.')
}
