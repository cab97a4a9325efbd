import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { canInstallPackages, installPackages } from '../ops/install-packages.ts'
import { findJanus } from './janus/janus-files.ts'
import { findCoturn } from './turn/coturn-files.ts'

interface Part {
  readonly name: string
  /** The name of Debian's package, and of its unit. */
  readonly package: string
  readonly isPresent: () => boolean
}

const PARTS: readonly Part[] = [
  { name: 'Janus', package: 'janus', isPresent: () => findJanus() !== null },
  { name: 'coturn', package: 'coturn', isPresent: () => findCoturn() !== null },
]

const list = (parts: readonly Part[]): string => parts.map(({ name }) => name).join(' and ')

/**
 * Installs Janus and coturn where that is possible (root, with apt), and says what it does. Their own units, which
 * would run them for everybody on the machine's every address, are switched off: Parley starts its own. What was
 * there before is left alone. Returns what is still missing, as a sentence that says what to run; `null` when nothing is.
 */
export function installMedia(say: (line: string) => void): string | null {
  const there = PARTS.filter(({ isPresent }) => isPresent())
  const missing = PARTS.filter(({ isPresent }) => !isPresent())
  if (there.length > 0) say(`${list(there)}: installed already, left as it is.`)
  if (missing.length === 0) return null
  const names = missing.map((part) => part.package)
  if (!canInstallPackages()) return `${list(missing)} can not be installed by this user here. ${commandsFor(names)}`

  say(`Installing ${list(missing)} with apt-get (${names.join(', ')}, without recommended packages)…`)
  const done = installPackages(names)
  if (hasSystemd()) {
    say(`Switching off the system's own units of ${list(missing)}: Parley starts them itself.`)
    spawnSync('systemctl', ['disable', '--now', ...names.map((name) => `${name}.service`)], { stdio: ['ignore', 2, 2] })
  }
  const absent = missing.filter(({ isPresent }) => !isPresent())
  if (done && absent.length === 0) {
    say(`${list(missing)}: installed.`)
    return null
  }
  return `${list(absent.length > 0 ? absent : missing)} could not be installed: see what apt-get says above. ${commandsFor(names)}`
}

/** What to run for these packages where it is not done here: in any shell, without Parley's npm. */
export const commandsFor = (names: readonly string[]): string =>
  existsSync('/usr/bin/apt-get')
    ? `Run: sudo apt-get install --no-install-recommends ${names.join(' ')} && sudo systemctl disable --now ${names.join(' ')}`
    : `Install ${names.join(' and ')} with your system's package manager, see that the system does not start them itself, and start Parley again.`

/** Whether the system starts programs by units at all; containers mostly don't. */
const hasSystemd = (): boolean => existsSync('/run/systemd/system')
