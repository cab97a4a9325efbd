import type { MediaLegs, MediaLegsOptions } from './media-legs.ts'
import { createPublishLeg } from './publish-leg.ts'
import { createSubscribeLeg } from './subscribe-leg.ts'

/** One connection to the media server for what we send, and one for all that we receive. */
export function createSfuLegs(options: MediaLegsOptions): MediaLegs {
  const publish = createPublishLeg(options)
  const subscribe = createSubscribeLeg(options)
  return {
    publish: publish.publish,
    retune: publish.retune,
    received({ description, streams = [] }) {
      if (description?.type === 'answer') publish.answered(description.sdp)
      else if (description !== undefined) subscribe.offered(description.sdp, streams)
    },
    // The server brings them together.
    meet: () => undefined,
    want: (videos) => void options.send({ streams: videos }).catch(() => undefined),
    hurry() {
      publish.hurry()
      subscribe.hurry()
    },
    get isHealthy() {
      return publish.isHealthy && subscribe.isHealthy
    },
    lines: () => [publish.line, subscribe.line].filter((line) => line !== null),
    close() {
      publish.close()
      subscribe.close()
    },
  }
}
