import { type JanusFiles, writeJanusFiles } from '@parley/server/media/janus-files'
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

/** A Janus on sockets of its own, configured as the server does it. */
export async function startJanus(): Promise<JanusProcess> {
  const folder = await makeServerFolder('janus')
  const { command, args, server, admin } = await writeJanusFiles({
    folder,
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
