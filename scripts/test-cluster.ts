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
import { LEFT_OUT, type LeftOut, NOT_LEFT_OUT } from './test-run/left-out.ts'
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
const files = asked.filter((file) => !whole.has(file))
if (files.length === 0) {
  print(`nothing to run: ${chosen.join(', ')}`)
  process.exit(1)
}

testOnTwoNodes()
const vitest = await startVitest('test', files, { run: true, reporters: ['default'], testNamePattern: NOT_LEFT_OUT })
const { passed, failed, silent } = reportModules(vitest.state.getTestModules())
const unhandled = vitest.state.getUnhandledErrors().length
await vitest.close()

const isOf = (line: string, { file, test }: LeftOut): boolean =>
  test !== undefined && line.startsWith(`skipped: ${file} > ${test}`)
const lost = silent.filter((line) => !leftOut.some((one) => isOf(line, one)))
const unknown = leftOut.filter((one) => one.test !== undefined && !silent.some((line) => isOf(line, one)))

for (const { file, test, reason } of leftOut)
  print(`left out: ${test === undefined ? file : `${file} > ${test}`}: ${reason}`)
for (const line of lost) print(`did not run: ${line}`)
for (const { file, test } of unknown) print(`to be left out, and not there: ${file} > ${test}`)
const failures = failed + unhandled + lost.length + unknown.length
const leftOutCount = `${silent.length - lost.length} tests and ${whole.size} files left out`
print(`on two nodes: ${passed} passed, ${failures} failed, ${leftOutCount}`)
process.exit(failures === 0 && passed > 0 ? 0 : 1)
