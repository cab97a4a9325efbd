import { join } from 'node:path'
import type { Clock, MediaPlane } from '@parley/core'
import type { Logger } from 'pino'
import type { Config } from '../config/index.ts'
import type { RedisLink } from '../redis/open-redis.ts'
import { createMeshPlane } from './mesh/mesh-plane.ts'
import { createNoMedia } from './no-media.ts'
import type { Media } from './open-media.ts'
import { NO_RECORDINGS, type Recordings } from './recordings.ts'
import { createRedisRoomPlaces } from './redis-room-places.ts'
import { createMemoryRoomPlaces } from './room-places.ts'

/** What a media server carries for this process. */
export interface MediaServerLoad {
  /** Its name among the services of `/health`. */
  readonly name: string
  readonly isUp: boolean
  readonly rooms: number
  readonly people: number
  /** Media connections of these people. */
  readonly legs: number
}

/** What carries voice and video, until it is disposed of. */
export interface OpenMediaPlane extends AsyncDisposable {
  readonly plane: MediaPlane
  readonly recordings: Recordings
  /** Whether voice may be recorded here at all. */
  readonly allowsRecording: boolean
  servers(): readonly MediaServerLoad[]
}

/** Opens what carries voice on the programs that this deployment has for it. With Redis other nodes use them too. */
export async function openMediaPlane(
  programs: Pick<Media, 'kind' | 'janusServers'>,
  config: Pick<Config, 'recording' | 'dataDir'>,
  parts: { readonly clock: Clock; readonly logger: Logger; readonly redis: RedisLink | null },
): Promise<OpenMediaPlane> {
  if (programs.kind !== 'janus') {
    return {
      plane: programs.kind === 'off' ? createNoMedia() : createMeshPlane(),
      recordings: NO_RECORDINGS,
      allowsRecording: false,
      servers: () => [],
      async [Symbol.asyncDispose]() {
        // Neither has anything open.
      },
    }
  }
  const { openJanusPlane } = await import('./janus/janus-plane.ts')
  const servers = programs.janusServers
  const { redis, ...others } = parts
  const places = redis === null ? createMemoryRoomPlaces() : createRedisRoomPlaces(redis)
  // Only a Janus on this machine writes where this process reads, and no node knows what another one records.
  const allowsRecording =
    config.recording && redis === null && servers.some(({ recordingsFolder }) => recordingsFolder !== null)
  const recordingsFolder = allowsRecording ? join(config.dataDir, 'recordings') : null
  const plane = await openJanusPlane({ servers, recordingsFolder, places, ...others })
  return {
    plane,
    recordings: plane.recordings,
    allowsRecording,
    servers: () =>
      plane.servers().map(({ isThere, rooms, people, legs }, at) => {
        return { name: servers.length === 1 ? 'janus' : `janus-${at + 1}`, isUp: isThere, rooms, people, legs }
      }),
    [Symbol.asyncDispose]: () => plane[Symbol.asyncDispose](),
  }
}
