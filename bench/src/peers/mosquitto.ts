import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '@parley/testkit/services'
import { stopChild, waitUntilReady } from './child-process.ts'
import { accepts } from './node-server.ts'
import type { Peer } from './peer.ts'
import { cpuMicrosOf } from './process-figures.ts'

const PROGRAM = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) =>
  existsSync(path),
)

/** Mosquitto as Debian packages it, at QoS 0, keeping nothing on disk. */
export const mosquitto: Peer = {
  name: 'mosquitto',
  label: 'Mosquitto, QoS 0',
  protocol: 'mqtt',
  isParley: false,
  missing: () => {
    if (process.platform !== 'linux') return 'its CPU time is read from /proc, which only Linux has'
    return PROGRAM === undefined ? 'not installed (apt install mosquitto)' : null
  },
  open: async () => {
    if (PROGRAM === undefined) throw new Error('Mosquitto is not installed')
    const port = await findFreePort()
    const directory = await mkdtemp(join(tmpdir(), 'parley-bench-'))
    const config = join(directory, 'mosquitto.conf')
    await writeFile(
      config,
      [`listener ${port} 127.0.0.1`, 'allow_anonymous true', 'persistence false', 'set_tcp_nodelay true', ''].join(
        '\n',
      ),
    )
    const child = spawn(PROGRAM, ['-c', config], { stdio: ['ignore', 'pipe', 'pipe'] })
    await waitUntilReady(child, () => accepts(port))
    const { pid } = child
    if (pid === undefined) throw new Error('Mosquitto did not start')
    return {
      port,
      cpuMicros: () => cpuMicrosOf(pid),
      memory: async () => null,
      [Symbol.asyncDispose]: async () => {
        await stopChild(child)
        await rm(directory, { recursive: true })
      },
    }
  },
}
