import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'

/** Debian starts the servers that it installs, unless this file says no. */
const POLICY = '/usr/sbin/policy-rc.d'
const APT = '/usr/bin/apt-get'

/** Whether this process may install Debian packages here. */
export const canInstallPackages = (): boolean => process.getuid?.() === 0 && existsSync(APT)

/**
 * Installs Debian packages without starting anything of theirs: what they are for is started by whoever asked. What
 * apt says goes to standard error. Returns whether that went well.
 */
export function installPackages(names: readonly string[]): boolean {
  apt('update', '-qq')
  const isOurs = !existsSync(POLICY)
  if (isOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return apt('install', '-qq', '--yes', '--no-install-recommends', ...names)
  } finally {
    if (isOurs) rmSync(POLICY)
  }
}

function apt(...args: string[]): boolean {
  const { status } = spawnSync(
    'env',
    ['DEBIAN_FRONTEND=noninteractive', APT, '-o', 'DPkg::Lock::Timeout=300', ...args],
    {
      stdio: ['ignore', 2, 2],
    },
  )
  return status === 0
}
