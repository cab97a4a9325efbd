import { join } from 'node:path'
import type { Clock, MediaPlane } from '@parley/core'
import type { Logger } from 'pino'
import type { Config } from '../config/index.ts'
import { createMeshPlane } from './mesh/mesh-plane.ts'
import { createNoMedia } from './no-media.ts'
import type { Media } from './open-media.ts'
import { NO_RECORDINGS, type Recordings } from './recordings.ts'

/** What carries voice and video, until it is disposed of. */
export interface OpenMediaPlane extends AsyncDisposable {
  readonly plane: MediaPlane
  readonly recordings: Recordings
  /** Whether voice may be recorded here at all. */
  readonly allowsRecording: boolean
}

/** On the programs that this deployment has for it. */
export async function openMediaPlane(
  programs: Pick<Media, 'kind' | 'janusServers'>,
  config: Pick<Config, 'recording' | 'dataDir'>,
  parts: { readonly clock: Clock; readonly logger: Logger },
): Promise<OpenMediaPlane> {
  if (programs.kind !== 'janus') {
    return {
      plane: programs.kind === 'off' ? createNoMedia() : createMeshPlane(),
      recordings: NO_RECORDINGS,
      allowsRecording: false,
      async [Symbol.asyncDispose]() {
        // Neither has anything open.
      },
    }
  }
  const { openJanusPlane } = await import('./janus/janus-plane.ts')
  const servers = programs.janusServers
  // Only a Janus on this machine writes where this process reads.
  const allowsRecording = config.recording && servers.some(({ recordingsFolder }) => recordingsFolder !== null)
  const recordingsFolder = allowsRecording ? join(config.dataDir, 'recordings') : null
  const plane = await openJanusPlane({ servers, recordingsFolder, ...parts })
  return {
    plane,
    recordings: plane.recordings,
    allowsRecording,
    [Symbol.asyncDispose]: () => plane[Symbol.asyncDispose](),
  }
}
