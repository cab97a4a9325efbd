import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { canInstallPackages, installPackages } from '@parley/server/install-packages'
import { findChromium, hasHeadlessShell } from '@parley/testkit/browser'
import { findPostgres, hasMariadb, hasRedis } from '@parley/testkit/services'

/** A program outside npm that the tests need. */
interface Service {
  readonly name: string
  readonly debianPackages: readonly string[]
  readonly isPresent: () => boolean
}

const succeeds = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0
const arePrograms = (...names: string[]): boolean => names.every((name) => existsSync(`/usr/bin/${name}`))

const services: readonly Service[] = [
  { name: 'Chromium', debianPackages: ['chromium'], isPresent: () => findChromium('whole') !== null },
  {
    name: 'Python 3 with websockets and a Socket.IO client',
    debianPackages: [
      'python3',
      'python3-websockets',
      'python3-socketio',
      'python3-aiohttp',
      'python3-requests',
      'python3-websocket',
    ],
    isPresent: () => succeeds('/usr/bin/python3', '-c', 'import websockets, socketio, aiohttp, requests, websocket'),
  },
  { name: 'PostgreSQL', debianPackages: ['postgresql'], isPresent: () => findPostgres() !== null },
  { name: 'MariaDB', debianPackages: ['mariadb-server'], isPresent: hasMariadb },
  {
    name: 'Redis',
    debianPackages: ['redis-server', 'redis-sentinel'],
    isPresent: () => hasRedis() && arePrograms('redis-sentinel'),
  },
  { name: 'nginx', debianPackages: ['nginx'], isPresent: () => existsSync('/usr/sbin/nginx') },
  { name: "systemd's analyzer", debianPackages: ['systemd'], isPresent: () => arePrograms('systemd-analyze') },
  { name: 'Janus', debianPackages: ['janus'], isPresent: () => arePrograms('janus') },
  { name: 'coturn', debianPackages: ['coturn'], isPresent: () => arePrograms('turnserver', 'turnutils_uclient') },
]

/**
 * Installs what the tests need and the machine lacks, where that is possible (root on a system with apt).
 * Resolves with a line for each thing still missing, saying how to get it.
 */
export function ensureServices(): readonly string[] {
  const absent = () => services.filter(({ isPresent }) => !isPresent())
  const packages = absent().flatMap(({ debianPackages }) => debianPackages)
  if (packages.length > 0 && canInstallPackages()) {
    process.stdout.write(`Installing ${packages.join(', ')} for the tests…\n`)
    installPackages(packages)
  }
  // Without it the tests take longer, and are the same.
  if (!hasHeadlessShell() && canInstallPackages()) installPackages(['chromium-headless-shell'])
  return absent().map(
    ({ name, debianPackages }) =>
      `The tests need ${name}, which is not installed. On Debian or Ubuntu: sudo apt-get install --no-install-recommends ${debianPackages.join(' ')}`,
  )
}
