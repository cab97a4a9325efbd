import type { OptionType } from './option-types.ts'

export type Environment = 'development' | 'production' | 'test'

export const OPTION_GROUPS = {
  server: 'Server',
  storage: 'What is kept',
  security: 'Secrets and origins',
  site: 'A site that has users',
  tls: 'TLS',
  rooms: 'Rooms',
  media: 'Voice, video and calls',
  sockets: 'Sockets',
  limits: 'Limits',
  operations: 'Logs and metrics',
} as const

/** One setting: everything that validation, the reference page, `.env.example` and `--help` say about it. */
export interface Option<T> {
  /** The first name is the canonical one; the others mean exactly the same. */
  readonly env: readonly [string, ...string[]]
  readonly type: OptionType<T>
  readonly default: T | ((environment: Environment) => T)
  /** What the default is, where its value does not say it. */
  readonly defaultText?: string
  readonly group: keyof typeof OPTION_GROUPS
  readonly doc: string
  /** Its value is never shown. */
  readonly secret?: true
}

/** Keeps the type of one declaration. */
export const option = <T>(declared: Option<T>): Option<T> => declared
