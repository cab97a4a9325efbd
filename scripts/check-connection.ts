/** `npm run check-connection -- <url> --token …`: tries every way to a server and says what works and why not. */
import { parseArgs } from 'node:util'
import { formatResult, formatSummary } from './check-connection/print-report.ts'
import type { CheckResult } from './check-connection/result.ts'
import { runChecks } from './check-connection/run-checks.ts'
import { createTarget, type Target } from './check-connection/target.ts'

const HELP = `Checks the connection to a Parley server on every wire and transport.

  npm run check-connection -- <url> [--token <jwt>] [--origin <origin>] [--json]

  <url>      where the server is, e.g. https://chat.example.org
  --token    a user's token, as the site signs it; or in the variable PARLEY_TOKEN, which other
             users of this machine do not see. Without one everything is tried that needs none.
  --origin   the origin of the pages that will connect, e.g. https://example.org: checks CORS_ORIGINS
  --json     one JSON document instead of text

Exit code 0: all that was tried works. 1: something does not. 2: this was asked in the wrong way.
`

function readArguments(): { readonly target: Target; readonly json: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      token: { type: 'string' },
      origin: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(HELP)
    process.exit(0)
  }
  const [url, ...others] = positionals
  if (url === undefined || others.length > 0) throw new Error('Say the address of one server.')
  const token = values.token ?? process.env.PARLEY_TOKEN
  return { target: createTarget({ url, token, origin: values.origin }), json: values.json }
}

let asked: ReturnType<typeof readArguments>
try {
  asked = readArguments()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
  process.exit(2)
}

const { target, json } = asked
const isTerminal = process.stdout.isTTY === true
const print = (result: CheckResult): void => {
  if (!json) console.log(formatResult(result, isTerminal))
}
const results = await runChecks(target, print)
const ok = results.every(({ outcome }) => outcome !== 'fails')
console.log(
  json ? JSON.stringify({ url: target.base.href, ok, checks: results }, null, 2) : `\n${formatSummary(results)}`,
)
process.exit(ok ? 0 : 1)
