import { parseArgs } from 'node:util'
import { ConfigError } from './config-error.ts'
import type { Env } from './load-config.ts'

export interface CommandLine {
  /** `serve` runs the server; `doctor` looks whether it could. */
  readonly command: 'serve' | 'doctor'
  readonly help: boolean
  /** Janus and coturn are to be installed before the start. */
  readonly installMedia: boolean
  /** The doctor answers with one JSON document instead of lines. */
  readonly json: boolean
  /** Where people reach the server, for the doctor. */
  readonly url: URL | null
  /** Settings, by their names in the environment. */
  readonly settings: Env
}

const COMMANDS = ['serve', 'doctor'] as const

/** `[serve] [--role all|api] [--install-media]`, `doctor [--url https://…] [--json]`, `--help`. Throws `ConfigError` for anything else. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        role: { type: 'string' },
        'install-media': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        url: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    })
    const [word = 'serve', ...others] = positionals
    const command = COMMANDS.find((name) => name === word)
    const [unknown] = command === undefined ? [word] : others
    if (command === undefined || unknown !== undefined) throw new TypeError(`There is no command "${unknown}"`)
    if (command === 'serve' && (values.json || values.url !== undefined)) {
      throw new TypeError('--json and --url are for doctor')
    }
    if (command === 'doctor' && values['install-media']) throw new TypeError('doctor installs nothing')
    return {
      command,
      help: values.help,
      installMedia: values['install-media'],
      json: values.json,
      url: values.url === undefined ? null : readUrl(values.url),
      settings: values.role === undefined ? {} : { ROLE: values.role },
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new ConfigError([`${error.message}. --help says what there is.`])
  }
}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new TypeError(`--url must be an address such as https://chat.example.org, but "${text}" is not`)
  }
  return url
}
