import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findMediaAddress } from '@parley/server/media/janus-files'
import { findFreePort } from '@parley/testkit/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployed, ROOT } from './deploy-files.ts'

const ADDRESS = findMediaAddress() ?? 'none'
const SECRETS = {
  API_SECRET: 'api-secret-of-this-test',
  ADMIN_KEY: 'admin-key-of-this-test',
  TURN_SECRET: 'turn-secret-of-this-test',
}

let folder = ''
let janusPort = 0
let turnPort = 0
const children: ChildProcess[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-media-'))
  await chmod(folder, 0o755)
  janusPort = await findFreePort()
  turnPort = await findFreePort()
  for (const name of readdirSync(join(ROOT, 'deploy/janus'))) {
    await writeFile(join(folder, name), filled(`janus/${name}`).replace('ws_port = 8188', `ws_port = ${janusPort}`))
  }
  const turn = filled('coturn/turnserver.conf')
    .replace('listening-port=3478', `listening-port=${turnPort}`)
    .replace(/^(min|max)-port=21/gm, '$1-port=39')
  await writeFile(join(folder, 'turnserver.conf'), turn)
  start('janus', '-F', folder)
  start('turnserver', '-c', join(folder, 'turnserver.conf'), `--pidfile=${folder}/pid`, `--userdb=${folder}/db`)
})
afterAll(async () => {
  await Promise.all(
    children.map((child) => new Promise((resolve) => child.once('close', resolve) && child.kill('SIGKILL'))),
  )
  await rm(folder, { recursive: true })
})

/** A file with what its head says put in place of @…@. */
function filled(path: string): string {
  const values: Record<string, string> = { ...SECRETS, PUBLIC_IP: ADDRESS, TURN_HOST: ADDRESS }
  return deployed(path)
    .replace(/^( *#).*$/gm, '$1')
    .replace(/@(\w+)@/g, (_whole, name: string) => values[name] ?? `no value for ${name}`)
}

function start(command: string, ...args: string[]): void {
  children.push(spawn('setpriv', ['--pdeathsig=SIGKILL', command, ...args], { stdio: 'ignore' }))
}

interface Finding {
  readonly id: string
  readonly outcome: string
}

/** What the doctor says of them, with settings as the heads of the files have them. */
function diagnosis(): Promise<string[]> {
  const env = {
    PATH: dirname(process.execPath),
    DATA_DIR: join(folder, 'data'),
    JANUS_URLS: `ws://127.0.0.1:${janusPort}`,
    JANUS_API_SECRET: SECRETS.API_SECRET,
    JANUS_ADMIN_KEY: SECRETS.ADMIN_KEY,
    TURN_HOST: ADDRESS,
    TURN_PORT: String(turnPort),
    TURN_SECRET: SECRETS.TURN_SECRET,
  }
  const main = join(ROOT, 'packages/server/src/main.ts')
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [main, 'doctor', '--json'], { env, cwd: folder }, (error, stdout) => {
      if (stdout === '') return reject(error)
      const { findings } = JSON.parse(stdout) as { findings: Finding[] }
      resolve(findings.filter(({ id }) => /^(janus|turn)/.test(id)).map(({ id, outcome }) => `${id} ${outcome}`))
    })
  })
}

test('Janus and coturn with these files are what Parley needs', async () => {
  await expect
    .poll(diagnosis, { timeout: 50_000, interval: 500 })
    .toEqual(['janus well', 'turn-udp well', 'turn-tcp well'])
})
