import { parseArgs } from 'node:util'

export type Command =
  | { readonly name: 'monitor'; readonly json: boolean; readonly report: string | null }
  | { readonly name: 'play'; readonly file: string; readonly loop: boolean }
  | { readonly name: 'record'; readonly folder: string }
  | { readonly name: 'say'; readonly text: string }
  | { readonly name: 'listen'; readonly json: boolean }

/** What the person asked for. */
export interface Wish {
  readonly link: string
  readonly command: Command
  readonly name: string
  readonly password: string | null
  /** `null`: until something else ends it. */
  readonly seconds: number | null
}

/** The command line can't be understood; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const OPTIONS = {
  name: { type: 'string' },
  password: { type: 'string' },
  seconds: { type: 'string' },
  json: { type: 'boolean' },
  report: { type: 'string' },
  loop: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

/** Options that not every command knows. */
const ONLY: Readonly<Record<'json' | 'report' | 'loop', readonly Command['name'][]>> = {
  json: ['monitor', 'listen'],
  report: ['monitor'],
  loop: ['play'],
}

const isLink = (word: string): boolean => /^https?:\/\//i.test(word)

/** Reads the arguments; `help` and `version` stand for themselves. Throws `UsageError`. */
export function readCommandLine(args: readonly string[]): Wish | 'help' | 'version' {
  const { values, positionals } = parse(args)
  if (values.help) return 'help'
  if (values.version) return 'version'
  // Either order is as good.
  const link = positionals.find(isLink)
  const [word = 'monitor', ...rest] = positionals.filter((each) => each !== link)
  if (link === undefined)
    throw new UsageError('Give the link to the room, such as https://talk.example.org/r/k7fp-2m9x-qd4w.')
  const command = readCommand(word, rest, values)
  for (const [option, commands] of Object.entries(ONLY)) {
    if (values[option as keyof typeof ONLY] !== undefined && !commands.includes(command.name)) {
      throw new UsageError(`--${option} is for ${commands.join(' and ')} alone.`)
    }
  }
  return {
    link,
    command,
    name: values.name ?? 'Bot',
    password: values.password ?? null,
    seconds: values.seconds === undefined ? null : positive(values.seconds),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function readCommand(word: string, rest: readonly string[], values: ReturnType<typeof parse>['values']): Command {
  const only = (what: string): string => {
    const [argument, extra] = rest
    if (argument === undefined) throw new UsageError(`${word} needs ${what}.`)
    if (extra !== undefined)
      throw new UsageError(`“${extra}” is one word too many. Put ${what} in quotes if it has spaces.`)
    return argument
  }
  if (word !== 'play' && word !== 'record' && word !== 'say' && rest[0] !== undefined) {
    throw new UsageError(`“${rest[0]}” is one word too many.`)
  }
  switch (word) {
    case 'monitor':
      return { name: 'monitor', json: values.json ?? false, report: values.report ?? null }
    case 'play':
      return { name: 'play', file: only('an Ogg Opus file'), loop: values.loop ?? false }
    case 'record':
      return { name: 'record', folder: only('a folder') }
    case 'say':
      return { name: 'say', text: only('a text') }
    case 'listen':
      return { name: 'listen', json: values.json ?? false }
    default:
      throw new UsageError(`There is no command “${word}”. There are monitor, play, record, say and listen.`)
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new UsageError(`--seconds wants a number above 0, not “${text}”.`)
  return value
}
