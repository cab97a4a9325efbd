import { randomBytes } from 'node:crypto'
import type { Clock } from '@parley/core'
import { JanusError } from './janus/janus-errors.ts'
import type { JanusServer } from './janus/janus-files.ts'
import { askJanusInfo, openJanusSession } from './janus/janus-session.ts'

/** What a Janus can do for us; `trouble` completes "It …", and says what to change. */
export type JanusFindings =
  | { readonly version: string; readonly trouble: null }
  | { readonly version: string; readonly trouble: { readonly found: string; readonly advice: string } }

const FORBIDDEN = 403
/** The VideoRoom's code for a wrong or missing `admin_key`. */
const UNAUTHORIZED_ROOM = 433
/** The VideoRoom's code for an element of another kind than it wants. */
const INVALID_ELEMENT = 430

/** Makes a room there as a call would, and removes it. Rejects with `JanusLostError` when nobody is there. */
export async function inspectJanus(server: JanusServer, clock: Clock): Promise<JanusFindings> {
  const { version, hasRooms } = await askJanusInfo(server, clock)
  if (!hasRooms) {
    return { version, trouble: { found: 'has no VideoRoom', advice: 'Install its plugin libjanus_videoroom.so.' } }
  }
  try {
    await using session = await openJanusSession(server, { clock, onLost: () => undefined })
    const handle = await session.attach(() => undefined)
    const room = { room: `doctor-${randomBytes(8).toString('hex')}`, secret: randomBytes(16).toString('hex') }
    await handle.request('create', { ...room, ...(server.adminKey !== null && { admin_key: server.adminKey }) })
    await handle.request('destroy', room)
    return { version, trouble: null }
  } catch (error) {
    if (!(error instanceof JanusError)) throw error
    return { version, trouble: explain(error) }
  }
}

function explain({ code, message }: JanusError): { readonly found: string; readonly advice: string } {
  if (code === FORBIDDEN) {
    return { found: 'refuses the secret', advice: 'JANUS_API_SECRET must be the api_secret of its janus.jcfg.' }
  }
  if (code === UNAUTHORIZED_ROOM) {
    return {
      found: 'lets us make no rooms',
      advice: 'JANUS_ADMIN_KEY must be the admin_key of its janus.plugin.videoroom.jcfg.',
    }
  }
  if (code === INVALID_ELEMENT) {
    return {
      found: 'takes numbers for rooms alone',
      advice: 'Set string_ids = true in its janus.plugin.videoroom.jcfg.',
    }
  }
  return { found: `refuses to make a room: ${message}`, advice: 'See its log.' }
}
