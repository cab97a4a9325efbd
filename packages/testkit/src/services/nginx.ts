import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createServerProcess,
  findFreePort,
  makeServerFolder,
  removeFolder,
  runUnprivileged,
  type ServerProcess,
} from './server-process.ts'

const NGINX = '/usr/sbin/nginx'
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const DEPLOYED = path('../../../../deploy/nginx/')
/** For localhost and 127.0.0.1, signed by itself. */
export const TEST_CERTIFICATE = path('../../../server/src/http/fixtures/localhost-cert.pem')
export const TEST_KEY = path('../../../server/src/http/fixtures/localhost-key.pem')
const PEER = /^ {4}server 127\.0\.0\.1:3010(?<parameters>.*);$/m

/** A real nginx with the files of `deploy/nginx`, on free ports of the loopback interface, in front of servers. */
export interface NginxProcess extends ServerProcess, AsyncDisposable {
  /** https, with `TEST_CERTIFICATE`. Without a slash at its end. */
  readonly url: string
  /** The same without TLS, which `deploy/` has not: for clients that are tested elsewhere with it. */
  readonly openUrl: string
  /** What serves proofs for a certificate, and sends everybody else to https. */
  readonly plainUrl: string
  /** Where proofs are put. */
  readonly acmeFolder: string
  /** What it wrote so far about requests, and about itself. */
  log(name: 'access' | 'error'): string
}

interface NginxOptions {
  /** The port of `openUrl`; 0 for a free one. */
  readonly openPort?: number
  /** Takes a client's `X-Forwarded-For` from this machine for its address, as behind another proxy. */
  readonly believesForwarded?: boolean
}

/** `nodes`: `host:port` of each. */
export async function startNginx(
  nodes: readonly string[],
  { openPort: wanted = 0, believesForwarded = false }: NginxOptions = {},
): Promise<NginxProcess> {
  const folder = await makeServerFolder('nginx')
  const [port, plainPort] = [await findFreePort(), await findFreePort()]
  const openPort = wanted === 0 ? await findFreePort() : wanted
  for (const name of ['conf.d', 'tls', 'acme/.well-known/acme-challenge'])
    await mkdir(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'tls/fullchain.pem'), readFileSync(TEST_CERTIFICATE))
  writeFileSync(join(folder, 'tls/privkey.pem'), readFileSync(TEST_KEY), { mode: 0o644 })
  const places: Replacement[] = [
    ['user www-data;\n', ''],
    ['/run/nginx.pid', `${folder}/nginx.pid`],
    ['/etc/nginx/conf.d/', `${folder}/conf.d/`],
    ['/etc/nginx/tls/', `${folder}/tls/`],
    ['/var/log/nginx/', `${folder}/`],
    ['/var/www/acme', `${folder}/acme`],
    [/ {4}listen \[::\].*\n/, ''],
    [/^ {4}listen 443 /m, `    listen 127.0.0.1:${openPort} default_server;\n    listen 127.0.0.1:${port} `],
    ['listen 80 ', `listen 127.0.0.1:${plainPort} `],
    [PEER, nodes.map((node) => `    server ${node}$<parameters>;`).join('\n')],
  ]
  writeDeployed(folder, places)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const more = temporary.map((name) => `${name}_temp_path ${folder}/${name};\n`)
  if (believesForwarded)
    more.push('set_real_ip_from 127.0.0.0/8;\nreal_ip_header X-Forwarded-For;\nreal_ip_recursive on;\n')
  writeFileSync(join(folder, 'conf.d/test.conf'), more.join(''))

  const configuration = ['-e', 'stderr', '-c', join(folder, 'nginx.conf')]
  await runUnprivileged(NGINX, '-t', '-q', ...configuration)
  const server = createServerProcess({
    command: NGINX,
    args: [...configuration, '-g', 'daemon off; error_log stderr notice;'],
    ready: /start worker process /,
    stopSignal: 'SIGTERM',
  })
  await server.start()
  return {
    ...server,
    url: `https://localhost:${port}`,
    openUrl: `http://localhost:${openPort}`,
    plainUrl: `http://localhost:${plainPort}`,
    acmeFolder: join(folder, 'acme'),
    log: (name) => readFileSync(join(folder, `parley-${name}.log`), 'utf8'),
    async [Symbol.asyncDispose]() {
      await server.kill()
      await removeFolder(folder)
    },
  }
}

type Replacement = readonly [from: string | RegExp, to: string]

/** Throws when something that would be put elsewhere is in none of the files any more. */
function writeDeployed(folder: string, replacements: readonly Replacement[]): void {
  const unused = new Set(replacements)
  for (const name of ['nginx.conf', ...readdirSync(join(DEPLOYED, 'conf.d')).map((file) => `conf.d/${file}`)]) {
    let text = readFileSync(join(DEPLOYED, name), 'utf8')
    for (const replacement of replacements) {
      const before = text
      text = text.replaceAll(asGlobal(replacement[0]), replacement[1])
      if (text !== before) unused.delete(replacement)
    }
    writeFileSync(join(folder, name), text)
  }
  if (unused.size > 0) {
    throw new Error(`deploy/nginx has nothing of: ${[...unused].map(([from]) => from).join(', ')}`)
  }
}

const asGlobal = (pattern: string | RegExp): string | RegExp =>
  pattern instanceof RegExp ? new RegExp(pattern, `${pattern.flags}g`) : pattern
