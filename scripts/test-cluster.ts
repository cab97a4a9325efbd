/**
 * `npm run test:cluster`: every test that speaks to a server from outside, with two nodes on Redis and PostgreSQL behind
 * the nginx of `deploy/` wherever it asks for a server. What is left out, and why, is in `test-run/left-out.ts`. Parts
 * of paths after `--` choose among the files.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { testOnTwoNodes } from '@parley/testkit/tested-deployment'
import { startVitest } from 'vitest/node'
import { ensureServices } from './ensure-services.ts'
import { LEFT_OUT, NOT_LEFT_OUT } from './test-run/left-out.ts'
import { reportModules } from './test-run/report-modules.ts'

const FROM_OUTSIDE = 'test/{conformance,scenarios,browser}/**/*.test.ts'
const BESIDE_THE_CODE = 'packages/*/src/**/*.test.ts'
const ASKS_FOR_A_SERVER = /\b(startServer|spawnServer|startSiteRest)\(/

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Every file that starts a server, as the list of what is left out must know it. */
function findFiles(): string[] {
  const beside = globSync(BESIDE_THE_CODE).filter((file) => ASKS_FOR_A_SERVER.test(readFileSync(file, 'utf8')))
  const files = [...globSync(FROM_OUTSIDE), ...beside]
  const unknown = LEFT_OUT.filter(({ file }) => !files.includes(file))
  if (unknown.length > 0) throw new Error(`left out, and not there: ${unknown.map(({ file }) => file).join(', ')}`)
  return files
}

process.chdir(dirname(import.meta.dirname))
const missing = ensureServices()
if (missing.length > 0) {
  process.stderr.write(`${missing.join('\n')}\n`)
  process.exit(1)
}
const chosen = process.argv.slice(2)
const asked = findFiles().filter((file) => chosen.length === 0 || chosen.some((part) => file.includes(part)))
const leftOut = LEFT_OUT.filter(({ file }) => asked.includes(file))
const whole = new Set(leftOut.filter(({ test }) => test === undefined).map(({ file }) => file))

testOnTwoNodes()
const vitest = await startVitest(
  'test',
  asked.filter((file) => !whole.has(file)),
  { run: true, reporters: ['default'], testNamePattern: NOT_LEFT_OUT },
)
const { passed, failed, silent } = reportModules(vitest.state.getTestModules())
const unhandled = vitest.state.getUnhandledErrors().length
await vitest.close()

const gone = leftOut.filter(
  ({ file, test }) => test !== undefined && !silent.some((line) => line.startsWith(`skipped: ${file} > ${test}`)),
)
if (gone.length > 0) throw new Error(`left out, and not there: ${gone.map(({ test }) => test).join(', ')}`)
const isLeftOut = (line: string): boolean =>
  leftOut.some(({ file, test }) => test !== undefined && line.startsWith(`skipped: ${file} > ${test}`))
const lost = silent.filter((line) => !isLeftOut(line))
for (const { file, test, reason } of leftOut)
  print(`left out: ${test === undefined ? file : `${file} > ${test}`}: ${reason}`)
for (const line of lost) print(`did not run: ${line}`)
print(
  `on two nodes: ${passed} passed, ${failed + unhandled + lost.length} failed, ${silent.length - lost.length} tests and ${whole.size} files left out`,
)
process.exit(failed + unhandled + lost.length === 0 && passed > 0 ? 0 : 1)
