import { parseArgs } from 'node:util'
import { ConfigError } from './config-error.ts'
import type { Env } from './load-config.ts'

export interface CommandLine {
  readonly help: boolean
  /** Janus and coturn are to be installed before the start. */
  readonly installMedia: boolean
  /** By their names in the environment. */
  readonly settings: Env
}

/** `[serve] [--role all|api] [--install-media] [--help]`. Throws `ConfigError` for anything else. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        role: { type: 'string' },
        'install-media': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    })
    const unknown = positionals.find((word) => word !== 'serve')
    if (unknown !== undefined) throw new TypeError(`There is no command "${unknown}"`)
    return {
      help: values.help,
      installMedia: values['install-media'],
      settings: values.role === undefined ? {} : { ROLE: values.role },
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new ConfigError([`${error.message}. --help says what there is.`])
  }
}
