import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { type SpawnedServer, spawnServer } from '@parley/testkit'
import type { OpenTestDatabase } from '@parley/testkit/services'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const PYTHON = '/usr/bin/python3'
const SUITE_MS = 170_000

export interface PythonSuite {
  /** Its `run.py`. */
  readonly path: string
  /** What each profile of the suite needs of the server, beside a secret. */
  readonly profiles: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Given to `run.py` for this profile, beside the server's address, secret and process. */
  readonly args: (profile: string) => readonly string[]
  /** Each profile's server keeps its conversations in a database of its own; without this, in its data folder. */
  readonly openDatabase?: OpenTestDatabase
}

interface Case {
  readonly title: string
  readonly profile: string
}

/** One profile: its own server, and the cases against it, which report one by one. */
interface ProfileRun {
  /** What went wrong in this case; `null` when it held. Rejects when the suite ended without it. */
  outcome(title: string): Promise<string | null>
  /** The server's log, complete once every case has ended. */
  log(): string
  stop(): Promise<void>
}

async function runProfile(
  { path, profiles, args, openDatabase }: PythonSuite,
  profile: string,
  titles: readonly string[],
): Promise<ProfileRun> {
  const secret = randomBytes(36).toString('base64')
  const database = await openDatabase?.()
  const server: SpawnedServer = await spawnServer({
    NODE_ENV: 'test',
    LOG_LEVEL: 'trace',
    JWT_SECRET: secret,
    ...(database !== undefined && { DATABASE_URL: database.url }),
    ...profiles[profile],
  })
  const outcomes = new Map(titles.map((title) => [title, Promise.withResolvers<string | null>()]))
  for (const { promise } of outcomes.values()) promise.catch(() => undefined)

  const common = [
    '--base',
    server.url,
    '--secret',
    secret,
    '--profile',
    profile,
    '--server-pid',
    ...server.pids.map(String),
  ]
  const python = spawn(PYTHON, [path, ...common, ...args(profile)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaints = ''
  python.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  createInterface({ input: python.stdout }).on('line', (line) => {
    const { title, problem } = JSON.parse(line) as { title: string; problem: string | null }
    outcomes.get(title)?.resolve(problem)
  })
  python.once('close', (code) => {
    for (const { reject } of outcomes.values()) {
      reject(new Error(`the suite ended with ${code} before this case did: ${complaints}`))
    }
  })
  return {
    outcome: (title) => outcomes.get(title)?.promise ?? Promise.reject(new Error(`no case ${title}`)),
    log: server.output,
    async stop() {
      python.kill()
      await server.stop()
      await database?.[Symbol.asyncDispose]()
    },
  }
}

/** Each case of a suite that is written in Python, against the real server. */
export function describePythonSuite(name: string, suite: PythonSuite): void {
  const cases: readonly Case[] = JSON.parse(execFileSync(PYTHON, [suite.path, '--list'], { encoding: 'utf8' }))
  const profiles = Object.keys(suite.profiles)

  describe(name, () => {
    const runs = new Map<string, Promise<ProfileRun>>()
    const runOf = async (profile: string): Promise<ProfileRun> => {
      const run = runs.get(profile)
      if (run === undefined) throw new Error(`the suite has a profile that no server is started for: ${profile}`)
      return run
    }

    beforeAll(async () => {
      for (const profile of profiles) {
        const titles = cases.filter((entry) => entry.profile === profile).map(({ title }) => title)
        runs.set(profile, runProfile(suite, profile, titles))
      }
      await Promise.all(runs.values())
    })
    afterAll(async () => {
      await Promise.all([...runs.values()].map(async (run) => (await run).stop()))
    })

    it.each(cases)(
      '$title',
      async ({ title, profile }) => {
        expect(await (await runOf(profile)).outcome(title)).toBeNull()
      },
      SUITE_MS,
    )

    it.each(profiles)('writes no token to the log (%s)', async (profile) => {
      const run = await runOf(profile)
      for (const entry of cases) if (entry.profile === profile) await run.outcome(entry.title).catch(() => undefined)
      expect(run.log()).toContain('ready at')
      expect(run.log()).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}/)
    })
  })
}
