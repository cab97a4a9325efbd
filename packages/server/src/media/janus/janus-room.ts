import { createHmac } from 'node:crypto'
import type { Millis } from '@parley/core'
import { JanusError } from './janus-errors.ts'
import type { JanusServer } from './janus-files.ts'
import type { HandleEvent, JanusDescription } from './janus-messages.ts'
import type { PooledJanus } from './janus-pool.ts'
import type { JanusHandle, JanusSession } from './janus-session.ts'

/** A room on one Janus. It is there until that ends, or it is destroyed. */
export interface JanusRoom {
  /** Known to us and Janus alone. */
  readonly id: string
  readonly janus: PooledJanus
  readonly isEncrypted: boolean
  attach(onEvent: (event: HandleEvent) => void): Promise<JanusHandle>
  /** Lets what a feed sends reach others, or not; whatever its own side says. */
  moderate(feed: string, mid: string, mute: boolean): Promise<void>
  /** Marks a description as Janus wants it for this room. */
  describe(type: JanusDescription['type'], sdp: string): JanusDescription
  /** Whether nobody is in it, of any node. */
  isEmpty(): Promise<boolean>
  /** Leaves it to the other nodes. Never rejects. */
  forsake(): Promise<void>
  /** Never rejects. */
  destroy(): Promise<void>
}

export interface JanusRoomOptions {
  /** Known to us and Janus alone. */
  readonly id: string
  /** How many may send. */
  readonly publishers: number
  readonly isEncrypted: boolean
  readonly now: Millis
}

/** The most that one sender may send: a camera in three sizes, and a screen. */
const MAX_BITS_PER_SECOND = 3_000_000

const ROOM_EXISTS = 427

/** Makes a room there, unless another node has made it already. Rejects with `JanusError` or `JanusLostError`. */
export async function createJanusRoom(
  janus: PooledJanus,
  session: JanusSession,
  { id: room, publishers, isEncrypted, now }: JanusRoomOptions,
): Promise<JanusRoom> {
  const secret = secretOf(janus.server, room)
  const control = await session.attach(() => undefined)
  const created = control.request('create', {
    room,
    secret,
    ...(janus.server.adminKey !== null && { admin_key: janus.server.adminKey }),
    description: `${MARK}${now}`,
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
  await created.catch(async (error: unknown) => {
    if (error instanceof JanusError && error.code === ROOM_EXISTS) return
    await control.detach()
    throw error
  })
  return {
    id: room,
    janus,
    isEncrypted,
    attach: (onEvent) => session.attach(onEvent),
    async moderate(feed, mid, mute) {
      await control.request('moderate', { room, secret, id: feed, mid, mute })
    },
    describe: (type, sdp) => (isEncrypted ? { type, sdp, e2ee: true } : { type, sdp }),
    async isEmpty() {
      const { participants = [] } = (await control.request('listparticipants', { room })).data
      return participants.length === 0
    },
    forsake: control.detach,
    async destroy() {
      // When it can't be told, its Janus is gone, and with it everything that was there.
      await control.request('destroy', { room, secret }).catch(() => undefined)
      await control.detach()
    },
  }
}

/** With the time of its making it marks a room as ours, so that one that a dead process left behind is known. */
const MARK = 'Parley '
/** A room that is younger may be one that another process has just made, and that nobody is in yet. */
const LEFT_BEHIND_MS = 2000

/** The same for whoever has the server's own secrets: rooms of a process that died can be removed. */
const secretOf = ({ apiSecret, adminKey }: JanusServer, room: string): string =>
  createHmac('sha256', `${apiSecret} ${adminKey}`).update(room).digest('base64url')

/** Removes what processes of ours that died left there: a room outlives its makers. */
export async function removeEmptyRooms({ server }: PooledJanus, session: JanusSession, now: Millis): Promise<void> {
  const control = await session.attach(() => undefined)
  try {
    for (const { room, description, num_participants } of await listRooms(server, control)) {
      const isOurs = description.startsWith(MARK) && Number(description.slice(MARK.length)) < now - LEFT_BEHIND_MS
      if (isOurs && num_participants === 0) await control.request('destroy', { room, secret: secretOf(server, room) })
    }
  } finally {
    await control.detach()
  }
}

/** Removes it, whoever is in it. */
export async function destroyRoom({ server }: PooledJanus, session: JanusSession, room: string): Promise<void> {
  const control = await session.attach(() => undefined)
  // One that is gone already needs no more.
  await control.request('destroy', { room, secret: secretOf(server, room) }).catch(() => undefined)
  await control.detach()
}

/** How many are in all rooms there, whichever node they are on. */
export async function countPeople({ server }: PooledJanus, session: JanusSession): Promise<number> {
  const control = await session.attach(() => undefined)
  try {
    const rooms = await listRooms(server, control)
    return rooms.reduce((sum, { num_participants }) => sum + num_participants, 0)
  } finally {
    await control.detach()
  }
}

async function listRooms({ adminKey }: JanusServer, control: JanusHandle) {
  const { list = [] } = (await control.request('list', adminKey === null ? {} : { admin_key: adminKey })).data
  return list
}
