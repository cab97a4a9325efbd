import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { checkConfig } from './check-config.ts'
import { ConfigError } from './config-error.ts'
import type { Environment, Option } from './option.ts'
import { type Config, OPTIONS } from './options.ts'

export type Env = Readonly<Record<string, string | undefined>>

export interface LoadedConfig {
  readonly config: Config
  /** What is not a mistake, but worth knowing; whole sentences. */
  readonly warnings: readonly string[]
}

const declared: readonly (readonly [string, Option<unknown>])[] = Object.entries(OPTIONS) as [string, Option<unknown>][]
const knownNames = new Set(declared.flatMap(([, option]) => option.env))

/**
 * Reads the configuration from the command line, for names not set there from the environment, and for others
 * from `.env` in the working directory. Throws `ConfigError` with every mistake at once.
 */
export function loadConfig(
  commandLine: Env = {},
  env: Env = process.env,
  directory: string = process.cwd(),
): LoadedConfig {
  return parseConfig({ ...readEnvFile(join(directory, '.env')), ...withoutEmpty(env), ...commandLine })
}

/** The same from these names alone. */
export function parseConfig(given: Env): LoadedConfig {
  const env = withoutEmpty(given)
  const problems: string[] = []
  const warnings: string[] = []
  const environment = (env.NODE_ENV?.trim().toLowerCase() ?? 'development') as Environment
  const values: Record<string, unknown> = {}
  for (const [name, option] of declared) {
    values[name] = readOption(option, env, environment, problems)
  }
  // Every value was read by the option of its name.
  const config = values as unknown as Config
  checkConfig(config, problems, warnings)
  checkDebug(env, environment === 'production' ? problems : warnings)
  warnings.push(...unknownNames(env))
  if (problems.length > 0) throw new ConfigError(problems)
  return { config, warnings }
}

/** The value of one option; the default, and a new line in `problems`, when what is set can't be used. */
function readOption(option: Option<unknown>, env: Env, environment: Environment, problems: string[]): unknown {
  const fallback = typeof option.default === 'function' ? option.default(environment) : option.default
  const set = option.env.filter((name) => env[name] !== undefined)
  const [first] = set
  if (first === undefined) return fallback
  const written = set.map((name) => env[name]?.trim() ?? '')
  if (new Set(written).size > 1) {
    const shown = set.map((name, at) => (option.secret ? name : `${name}=${written[at]}`))
    problems.push(`${shown.join(' and ')} mean the same setting but differ: keep one of them.`)
    return fallback
  }
  const value = option.type.parse(written[0] ?? '')
  if (value !== null) return value
  const shown = option.secret ? 'what is set' : `"${written[0]}"`
  problems.push(`${first} must be ${option.type.expects}, but ${shown} is not.`)
  return fallback
}

/** `DEBUG` belongs to the libraries below: those of the sockets then write all that they read. */
function checkDebug({ DEBUG }: Env, complaints: string[]): void {
  if (DEBUG === undefined || !/(^|[\s,])(\*|socket\.io|engine)/.test(DEBUG)) return
  complaints.push(
    `DEBUG=${DEBUG} writes every packet to the log, tokens and messages included: leave it out in production.`,
  )
}

const unknownNames = (env: Env): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('PARLEY_') && !knownNames.has(name))
    .map((name) => {
      const meant = name.slice('PARLEY_'.length)
      const hint = knownNames.has(meant) ? `write ${meant} instead` : '--help lists the names that there are'
      return `${name} is set, but there is no such setting: ${hint}.`
    })

/** A name set to nothing counts as not set, so that lines of an example file may stay as they are. */
const withoutEmpty = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))

function readEnvFile(path: string): Env {
  try {
    return withoutEmpty(parseEnv(readFileSync(path, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new ConfigError([`${path} can not be read: ${error instanceof Error ? error.message : String(error)}`])
  }
}
