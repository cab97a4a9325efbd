import { readFile } from 'node:fs/promises'
import { BotError, type BotErrorReason } from '../bot-error.ts'
import { readCommandLine, UsageError, type Wish } from './command-line.ts'
import { createTerminal, type Terminal } from './terminal.ts'
import { USAGE } from './usage.ts'

const EXIT_CODES: Readonly<Record<BotErrorReason, number>> = {
  failed: 1,
  link: 3,
  password: 3,
  refused: 3,
  expired: 3,
  unreachable: 4,
  'no-voice': 5,
  encrypted: 5,
  file: 6,
}
const WRONG_COMMAND_LINE = 2
/** As a shell counts what SIGINT ended. */
const INTERRUPTED = 130

/** The whole command: reads the arguments, does what they say, and exits. */
export async function runCommandLine(): Promise<void> {
  const terminal = createTerminal(process.stdout, process.stderr)
  const wish = await read(terminal)
  if (wish !== null) process.exitCode = await run(wish, terminal)
  // Threads of the media library would keep the process for a moment.
  process.exit()
}

async function read(terminal: Terminal): Promise<Wish | null> {
  try {
    const wish = readCommandLine(process.argv.slice(2))
    if (wish === 'help') terminal.print(USAGE.trimEnd())
    else if (wish === 'version') terminal.print(await version())
    else return wish
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    terminal.note(`${error.message}\nparley-bot --help tells more.`)
    process.exitCode = WRONG_COMMAND_LINE
  }
  return null
}

async function run(wish: Wish, terminal: Terminal): Promise<number> {
  const stop = new AbortController()
  const interrupt = (): void => {
    // Who asks twice does not want to wait for good-byes.
    if (stop.signal.aborted) process.exit(INTERRUPTED)
    stop.abort()
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    // Help and mistakes are told without waiting for all of this.
    const { runCommand } = await import('./run-command.ts')
    await runCommand(wish, terminal, stop.signal)
    return 0
  } catch (error) {
    if (stop.signal.aborted && error instanceof BotError && error.reason === 'refused') return 0
    if (!(error instanceof BotError)) throw error
    terminal.note(error.message)
    return EXIT_CODES[error.reason]
  }
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : ''
}
