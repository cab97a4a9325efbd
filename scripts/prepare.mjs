#!/usr/bin/env node
/*
 * Makes a checkout ready to run: installs what is missing, builds the web app and the SDK's script when their
 * sources changed.
 * The first thing that runs in a fresh clone, so it is plain JavaScript that needs nothing installed and
 * works on the oldest Node that can fetch the right one. Silent and quick when there is nothing to do.
 *
 * Options: --no-web builds neither.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE_TO_INSTALL = [20, 11]
const OLDEST_NPM = [10, 0]
/** The oldest Node that runs TypeScript without a flag. */
const OLDEST_NODE_TO_RUN = [22, 18]
const WEB_SOURCES = [
  'package-lock.json',
  'packages/client/src',
  'packages/protocol/src',
  'packages/web/index.html',
  'packages/web/package.json',
  'packages/web/public',
  'packages/web/scripts',
  'packages/web/src',
  'packages/web/vite.config.ts',
]
const ADMIN_SOURCES = [...WEB_SOURCES, 'packages/web/admin/index.html', 'packages/web/admin/vite.config.ts']
const SDK_SOURCES = [
  'package-lock.json',
  'packages/client/package.json',
  'packages/client/scripts',
  'packages/client/src',
  'packages/protocol/src',
]

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const at = (...parts) => join(root, ...parts)
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const say = (line) => process.stderr.write(`${line}\n`)

function stop(message) {
  say(message)
  process.exit(1)
}

function isOlder(version, than) {
  const parts = version.replace(/^v/, '').split('.').map(Number)
  const differing = than.findIndex((part, index) => part !== parts[index])
  return differing !== -1 && (parts[differing] ?? 0) < (than[differing] ?? 0)
}

function run(command, args, options = {}) {
  // Standard output stays clean for the command that comes after.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  return error === undefined && status === 0
}

function checkVersions() {
  if (isOlder(process.version, OLDEST_NODE_TO_INSTALL)) {
    stop(
      `Node ${process.version} is too old to install Parley. Install Node ${OLDEST_NODE_TO_INSTALL.join('.')} or newer ` +
        '(https://nodejs.org); the version that Parley itself runs on comes with the installation.',
    )
  }
  const npm = /^npm\/(\S+)/.exec(process.env.npm_config_user_agent ?? '')?.[1]
  if (npm !== undefined && isOlder(npm, OLDEST_NPM)) {
    stop(`npm ${npm} is too old to install Parley. Run: npm install --global npm@11`)
  }
}

/** Whether every manifest asks for exactly what the lockfile was made for. */
function lockfileAgrees(locked) {
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  const wishes = (manifest) =>
    JSON.stringify(kinds.map((kind) => Object.entries(manifest?.[kind] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))))
  const folders = ['', 'bench', ...readdirSync(at('packages')).map((name) => `packages/${name}`)]
  return folders
    .filter((folder) => existsSync(at(folder, 'package.json')))
    .every((folder) => folder in locked && wishes(readJson(at(folder, 'package.json'))) === wishes(locked[folder]))
}

/** Whether `node_modules` holds what the lockfile names. npm writes its own record last, so a broken install has none. */
function isInstalled(locked) {
  const record = at('node_modules/.package-lock.json')
  if (!existsSync(record)) return false
  const installed = readJson(record).packages
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true
    const found = installed[path]
    // Optional packages of other platforms are absent on purpose.
    if (found === undefined) return wanted.optional === true
    return found.version === wanted.version && found.link === wanted.link
  })
}

function install() {
  const locked = existsSync(at('package-lock.json')) ? readJson(at('package-lock.json')).packages : {}
  const agrees = lockfileAgrees(locked)
  if (agrees && isInstalled(locked)) return
  const command = agrees || process.env.CI !== undefined ? 'ci' : 'install'
  say(existsSync(at('node_modules')) ? 'Updating the dependencies…' : 'Installing the dependencies…')
  // NODE_ENV=production would leave out what builds the web app.
  const args = [command, '--include=dev', '--include=optional']
  const npm = process.env.npm_execpath
  const done = npm === undefined ? run('npm', args) : run(process.execPath, [npm, ...args])
  if (!done) stop(`npm ${command} failed: see its message above. It needs the network, or a filled npm cache.`)
  dropNodeThatDoesNotRun()
}

/** On a system for which the brought Node was not built (Alpine's libc), its own Node serves. */
function dropNodeThatDoesNotRun() {
  const brought = at('node_modules/.bin/node')
  if (lstatSync(brought, { throwIfNoEntry: false }) === undefined) return
  if (spawnSync(brought, ['--version']).status !== 0) rmSync(brought)
}

/** The Node that runs everything else. */
function runtime() {
  const brought = at('node_modules/.bin/node')
  if (existsSync(brought)) return brought
  if (isOlder(process.version, OLDEST_NODE_TO_RUN)) {
    stop(
      `Parley brings its own Node for Linux on x64 and arm64 and for macOS and Windows on x64, but not for this system ` +
        `(${process.platform} ${process.arch}), and Node ${process.version} is too old to run it. ` +
        `Install Node ${OLDEST_NODE_TO_RUN.join('.')} or newer.`,
    )
  }
  return process.execPath
}

function filesUnder(path) {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return []
  if (!stats.isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)))
}

function fingerprint(sources) {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((source) => filesUnder(at(source)))) {
    if (/\.test\.tsx?$/.test(file)) continue
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

/** Runs `build` when the sources of what lies in `folder` changed since it last ended well. */
function buildWhenChanged(name, folder, sources, build) {
  // Written last, and taken away first: it speaks only of a build that ended well.
  const stamp = at(folder, '.stamp')
  const print = fingerprint(sources)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === print) return
  say(`Building ${name}…`)
  rmSync(stamp, { force: true })
  if (!build()) stop(`${name[0].toUpperCase()}${name.slice(1)} could not be built: see the message above.`)
  writeFileSync(stamp, print)
}

function buildWeb(node) {
  const build = (...args) =>
    run(node, [at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn', ...args], {
      cwd: at('packages/web'),
      env: { ...process.env, NODE_ENV: 'production' },
    })
  buildWhenChanged('the web app', 'packages/web/dist', WEB_SOURCES, () => build())
  buildWhenChanged('the operator’s page', 'packages/web/admin/dist', ADMIN_SOURCES, () =>
    build('--config', 'admin/vite.config.ts'),
  )
}

function buildSdk(node) {
  buildWhenChanged('the SDK’s script', 'packages/client/dist', SDK_SOURCES, () =>
    run(node, [at('packages/client/scripts/build.ts')]),
  )
}

checkVersions()
install()
const node = runtime()
if (!process.argv.includes('--no-web')) {
  buildSdk(node)
  buildWeb(node)
}
