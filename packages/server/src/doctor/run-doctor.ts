import type { Config, LoadedConfig } from '../config/index.ts'
import { createSystemClock } from '../ids/system-clock.ts'
import { lookAround } from '../media/look-around.ts'
import { ownAddress } from '../media/media-plan.ts'
import { checkAddress } from './check-address.ts'
import { checkClock } from './check-clock.ts'
import { checkDatabase } from './check-database.ts'
import { checkMachine, readMachine } from './check-machine.ts'
import { checkMedia } from './check-media.ts'
import { checkRedis } from './check-redis.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkTls } from './check-tls.ts'
import { checkUrl } from './check-url.ts'
import { about, type Finding } from './finding.ts'

export interface DoctorOptions {
  /** Where people reach this server; `null`: not looked at. */
  readonly url: URL | null
  /** Told of each finding as soon as it is there. */
  readonly report: (finding: Finding) => void
}

/** Looks at everything that a server with these settings stands on, and changes nothing of it. */
export async function runDoctor(
  { config, warnings }: LoadedConfig,
  { url, report }: DoctorOptions,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const tell = (...found: readonly Finding[]): void => {
    for (const finding of found) {
      findings.push(finding)
      report(finding)
    }
  }
  const clock = createSystemClock()
  const machine = lookAround()

  tell(...checkMachine(readMachine()))
  tell(...warnings.map((warning) => about('settings', 'Settings').note(warning)))
  tell(...checkSecrets(config))
  tell(...(await checkAddress(config, browsersNeedMediaAddress(config) ? mediaAddress(config) : null)))
  tell(...checkTls(config, clock.now()))
  const database = await checkDatabase(config)
  tell(...database.findings)
  const redis = await checkRedis(config)
  tell(...redis.findings)
  tell(...(await checkMedia(config, machine, clock)))
  const outside = url === null ? null : await checkUrl(url)
  tell(...(outside?.findings ?? []))
  tell(checkClock([database.clock, redis.clock, outside?.clock ?? null].filter((other) => other !== null)))
  return findings

  function mediaAddress({ mediaIp }: Config): string | null {
    return mediaIp ?? ownAddress(null, machine)
  }
}

/** Where Janus or a relay of ours is started. */
function browsersNeedMediaAddress({ media, role, janusUrls, turnHost }: Config): boolean {
  return role === 'all' && media !== 'off' && (janusUrls.length === 0 || turnHost === null)
}
