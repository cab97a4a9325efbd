import { spawnSync } from 'node:child_process'

/** Whom programs run as when this process is root. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** `nobody`, on every Linux. */
const NOBODY: Owner = { uid: 65_534, gid: 65_534 }
const CHOICES = ['--pdeathsig=KILL', '--no-new-privs']
/** This process may have been killed before the kernel was told to watch it. */
const UNLESS_ORPHANED = '[ "$PPID" = "$0" ] && exec "$@"'

/** Whom programs are to run as; `null`: as this process itself, which is nobody special. */
export const childOwner = (): Owner | null => (process.getuid?.() === 0 ? NOBODY : null)

/**
 * The command with as little as works: never as root, no way to more rights than it starts with, and gone in the
 * moment in which this process is, be it by SIGKILL. (The kernel watches the thread that spawned it: the main one.)
 * Without util-linux's setpriv (macOS, BusyBox) it is the plain command, which a killed parent leaves behind.
 */
export function guardCommand(command: string, args: readonly string[], owner: Owner | null): [string, string[]] {
  if (!hasSetpriv()) return [command, [...args]]
  const somebody = owner === null ? [] : [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups']
  const checked = ['sh', '-c', UNLESS_ORPHANED, String(process.pid), command, ...args]
  return ['setpriv', [...CHOICES, ...somebody, '--', ...checked]]
}

let known: boolean | null = null

/** Whether there is one that can do this: BusyBox has one that can not. */
export function hasSetpriv(): boolean {
  known ??= spawnSync('setpriv', [...CHOICES, '--', 'true']).status === 0
  return known
}
