import type { Config } from '../config/index.ts'
import { inspectDatabase } from '../storage/inspect-database.ts'
import { compareClock, type OtherClock } from './check-clock.ts'
import { about, type Finding, reasonOf } from './finding.ts'

/** Each message waits for it once. */
const SLOW_MS = 20
/** For whoever looks after the database, and for backups. */
const SPARE_CONNECTIONS = 10

export async function checkDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir' | 'databasePoolSize' | 'environment'>,
): Promise<{ readonly findings: readonly Finding[]; readonly clock: OtherClock | null }> {
  const { databaseUrl, dataDir, databasePoolSize } = config
  const { well, note, wrong } = about('database', 'Database')
  try {
    const found = await inspectDatabase(databaseUrl, dataDir)
    if ('missingFile' in found) {
      return {
        findings: [note(`SQLite: ${found.missingFile} is not there yet, and is made at the start.`)],
        clock: null,
      }
    }
    const { name, version, latencyMs, migration, newestMigration, maxConnections } = found
    const clock =
      found.clock === null
        ? null
        : compareClock(name, found.clock.theirMs, found.clock.askedAtMs, found.clock.answeredAtMs)
    const what = `${name} ${version} answers in ${latencyMs.toFixed(1)} ms`
    const findings: Finding[] = []
    if (migration !== null && migration > newestMigration) {
      findings.push(
        wrong(
          `${what}, but a newer release has used it (its tables are at ${migration}, this one knows ${newestMigration}).`,
          'Start that release, or restore the backup from before the upgrade.',
        ),
      )
    } else if (migration !== newestMigration) {
      const state =
        migration === null ? 'has no tables of Parley yet' : `has tables at ${migration} of ${newestMigration}`
      findings.push(note(`${what}. It ${state}: they are made at the next start.`, 'Make a backup before an upgrade.'))
    } else if (latencyMs > SLOW_MS) {
      findings.push(
        note(`${what}: each message waits for that.`, 'Put the database near Parley, in the same data centre.'),
      )
    } else findings.push(well(`${what}, its tables are up to date.`))
    if (maxConnections !== null && databasePoolSize > maxConnections - SPARE_CONNECTIONS) {
      findings.push(
        wrong(
          `DATABASE_POOL_SIZE is ${databasePoolSize} for each process, and ${name} lets everybody together have ${maxConnections}.`,
          'Lower DATABASE_POOL_SIZE, or raise max_connections of the database.',
        ),
      )
    }
    return { findings, clock }
  } catch (error) {
    const advice = 'See that the database runs, and that DATABASE_URL has its host, port, name, user and password.'
    return { findings: [wrong(`It can not be used: ${reasonOf(error)}.`, advice)], clock: null }
  }
}
