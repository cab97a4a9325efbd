import type { Clock, MediaPlane } from '@parley/core'
import type { Logger } from 'pino'
import { openJanusPlane } from './janus/janus-plane.ts'
import { createMeshPlane } from './mesh/mesh-plane.ts'
import { createNoMedia } from './no-media.ts'
import type { Media } from './open-media.ts'
import { NO_RECORDINGS, type Recordings } from './recordings.ts'

/** What carries voice and video, until it is disposed of. */
export interface OpenMediaPlane extends AsyncDisposable {
  readonly plane: MediaPlane
  readonly recordings: Recordings
}

/** On what this deployment has. */
export async function openMediaPlane(
  { kind, janusServers: servers }: Pick<Media, 'kind' | 'janusServers'>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<OpenMediaPlane> {
  if (kind === 'janus') {
    const plane = await openJanusPlane({ servers, clock, logger })
    return { plane, recordings: plane.recordings, [Symbol.asyncDispose]: () => plane[Symbol.asyncDispose]() }
  }
  return {
    plane: kind === 'off' ? createNoMedia() : createMeshPlane(),
    recordings: NO_RECORDINGS,
    async [Symbol.asyncDispose]() {
      // Neither has anything open.
    },
  }
}
