import { randomBytes, randomUUID } from 'node:crypto'
import type { HandleEvent, JanusDescription } from './janus-messages.ts'
import type { JanusNode } from './janus-pool.ts'
import type { JanusHandle, JanusSession } from './janus-session.ts'

/** A room on one Janus. It is there until that ends, or it is destroyed. */
export interface JanusRoom {
  /** Known to us and Janus alone. */
  readonly id: string
  readonly node: JanusNode
  readonly isEncrypted: boolean
  attach(onEvent: (event: HandleEvent) => void): Promise<JanusHandle>
  /** Lets what a feed sends reach others, or not; whatever its own side says. */
  moderate(feed: string, mid: string, mute: boolean): Promise<void>
  /** Marks a description as Janus wants it for this room. */
  describe(type: JanusDescription['type'], sdp: string): JanusDescription
  /** Never rejects. `again`: the session that took the place of the one it was made in, where that was lost. */
  destroy(again?: JanusSession): Promise<void>
}

export interface JanusRoomOptions {
  /** How many may send. */
  readonly publishers: number
  readonly isEncrypted: boolean
}

/** Of one sender: a camera in three sizes, and a screen. */
const MAX_BITS_PER_SECOND = 3_000_000

/** Makes a room there. Rejects with `JanusError` or `JanusLostError`. */
export async function createJanusRoom(
  node: JanusNode,
  session: JanusSession,
  { publishers, isEncrypted }: JanusRoomOptions,
): Promise<JanusRoom> {
  const room = randomUUID()
  const secret = randomBytes(24).toString('base64url')
  const control = await session.attach(() => undefined)
  await control.request('create', {
    room,
    secret,
    ...(node.server.adminKey !== null && { admin_key: node.server.adminKey }),
    description: 'Parley',
    is_private: true,
    // Without its private id a subscription goes on after its person was put out.
    require_pvtid: true,
    publishers,
    bitrate: MAX_BITS_PER_SECOND,
    fir_freq: 10,
    audiocodec: 'opus',
    videocodec: 'vp8',
    opus_fec: true,
    opus_dtx: true,
    audiolevel_event: true,
    // Ten packets are 200 ms: somebody is seen to speak at once.
    audio_active_packets: 10,
    audio_level_average: 55,
    require_e2ee: isEncrypted,
  })
  return {
    id: room,
    node,
    isEncrypted,
    attach: (onEvent) => session.attach(onEvent),
    async moderate(feed, mid, mute) {
      await control.request('moderate', { room, secret, id: feed, mid, mute })
    },
    describe: (type, sdp) => (isEncrypted ? { type, sdp, e2ee: true } : { type, sdp }),
    async destroy(again) {
      try {
        const handle = again === undefined ? control : await again.attach(() => undefined)
        await handle.request('destroy', { room, secret }).finally(() => handle.detach())
      } catch {
        // Then it is gone already, with everything else that was there.
      }
    },
  }
}
