import { type JanusFiles, type JanusFilesOptions, writeJanusFiles } from '@parley/server/media/janus-files'
import {
  createServerProcess,
  isRoot,
  makeServerFolder,
  NOBODY,
  removeFolder,
  type ServerProcess,
} from './server-process.ts'

/** A real Janus with a folder of its own; started again, it has the same address and secrets, and no rooms. */
export interface JanusProcess extends ServerProcess, Pick<JanusFiles, 'server' | 'admin'>, AsyncDisposable {}

/** A Janus on sockets of its own, configured as the server does it; asked by these secrets where they are given. */
export async function startJanus(secrets?: JanusFilesOptions['secrets']): Promise<JanusProcess> {
  const folder = await makeServerFolder('janus')
  const { command, args, server, admin } = await writeJanusFiles({
    folder,
    ...(secrets && { secrets }),
    ...(isRoot() && { owner: { uid: NOBODY, gid: NOBODY } }),
  })
  const janus = createServerProcess({ command, args, ready: /WebSockets thread started/, stopSignal: 'SIGTERM' })
  await janus.start()
  return {
    ...janus,
    server,
    admin,
    async [Symbol.asyncDispose]() {
      await janus.kill()
      await removeFolder(folder)
    },
  }
}
