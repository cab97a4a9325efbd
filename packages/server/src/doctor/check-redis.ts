import type { Config } from '../config/index.ts'
import { redisAddressOf } from '../config/redis-address.ts'
import { openRedis, type RedisLink } from '../redis/open-redis.ts'
import { compareClock, type OtherClock } from './check-clock.ts'
import { about, type Finding, reasonOf } from './finding.ts'

const START_TIMEOUT_MS = 2000
const QUESTIONS = 5
const SLOW_MS = 5
const OLDEST_MAJOR = 6
const SHARDED_SINCE_MAJOR = 7

export async function checkRedis(
  config: Pick<Config, 'redisUrl' | 'redisHost' | 'redisPort' | 'redisPassword'>,
): Promise<{ readonly findings: readonly Finding[]; readonly clock: OtherClock | null }> {
  const { note, wrong } = about('redis', 'Redis')
  const address = redisAddressOf(config)
  if (address === null) {
    return { findings: [note('There is none: one process, and rooms in its memory.')], clock: null }
  }
  try {
    await using link = await openRedis(address, { startTimeoutMs: START_TIMEOUT_MS, report: () => undefined })
    return { findings: await inspect(link), clock: await askClock(link) }
  } catch (error) {
    const advice = 'See that Redis runs and lets this machine in, and that REDIS_URL has its host, port and password.'
    return { findings: [wrong(`It can not be used: ${reasonOf(error)}.`, advice)], clock: null }
  }
}

async function inspect(link: RedisLink): Promise<readonly Finding[]> {
  const { well, note, wrong } = about('redis', 'Redis')
  const info = await link.ask((redis) => redis.info())
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? ''
  const latencyMs = await shortest(() => link.check())
  const what = `${link.version} (${link.kind}) answers in ${latencyMs.toFixed(1)} ms`
  const major = Number.parseInt(link.version, 10)
  const findings: Finding[] = []
  if (major < OLDEST_MAJOR) findings.push(wrong(`${what}: too old.`, `Use Redis ${SHARDED_SINCE_MAJOR} or newer.`))
  else if (major < SHARDED_SINCE_MAJOR) {
    findings.push(
      note(
        `${what}, without sharded channels.`,
        'For a Cluster use Redis 7 or newer: each of its servers hears every event otherwise.',
      ),
    )
  } else if (latencyMs > SLOW_MS)
    findings.push(note(`${what}: slow.`, 'Put Redis near Parley, in the same data centre.'))
  else findings.push(well(`${what}.`))

  const policy = about('redis-eviction', 'Redis, eviction')
  const evicts = field('maxmemory_policy')
  findings.push(
    evicts === 'noeviction' || evicts === ''
      ? policy.well('It forgets nothing to make room.')
      : policy.wrong(
          `With maxmemory-policy ${evicts} it deletes rooms and messages when its memory is full.`,
          'Set maxmemory-policy noeviction in redis.conf: what does not fit is then refused, and nothing is lost.',
        ),
  )
  findings.push(await checkPersistence(link, field))
  if (link.kind === 'sentinel') findings.push(checkReplicas(field))
  return findings
}

function checkReplicas(field: (name: string) => string): Finding {
  const { well, note } = about('redis-replicas', 'Redis, replicas')
  const count = Number(field('connected_slaves'))
  return count === 0
    ? note('The master has no replica: when it fails, nothing can take over.', 'See that one runs: redis-cli role.')
    : well(count === 1 ? 'One could take over from the master.' : `${count} could take over from the master.`)
}

async function checkPersistence(link: RedisLink, field: (name: string) => string): Promise<Finding> {
  const { well, note, wrong } = about('redis-persistence', 'Redis, persistence')
  const failed = ['rdb_last_bgsave_status', 'aof_last_write_status'].filter((name) => field(name) === 'err')
  if (failed.length > 0) {
    return wrong(
      `It could not write to its disk (${failed.join(', ')}).`,
      'See its log, and that its disk is not full.',
    )
  }
  if (field('aof_enabled') === '1') return well('What it was told is on disk (appendonly).')
  return (await savesSnapshots(link))
    ? note(
        'It saves now and then: what was told after the last time is lost when it is killed.',
        'Set appendonly yes in redis.conf where open rooms should outlive that.',
      )
    : note('It keeps nothing on disk: open rooms end with it.', 'Set appendonly yes in redis.conf.')
}

/** Redis of a provider does not tell. */
async function savesSnapshots(link: RedisLink): Promise<boolean> {
  try {
    const [, save = ''] = (await link.ask((redis) => redis.call('config', 'get', 'save'))) as string[]
    return save !== ''
  } catch {
    return true
  }
}

async function askClock(link: RedisLink): Promise<OtherClock> {
  const askedAtMs = Date.now()
  const [seconds = 0, micros = 0] = (await link.ask((redis) => redis.time())).map(Number)
  return compareClock('Redis', seconds * 1000 + micros / 1000, askedAtMs, Date.now())
}

async function shortest(ask: () => Promise<unknown>): Promise<number> {
  let shortestMs = Number.POSITIVE_INFINITY
  for (let question = 0; question < QUESTIONS; question++) {
    const askedAt = performance.now()
    await ask()
    shortestMs = Math.min(shortestMs, performance.now() - askedAt)
  }
  return shortestMs
}
