/**
 * `npm test`: everything that must hold, in one run. Checks, then unit, conformance, scenario and browser
 * tests, on real services that it installs when it may. Nothing is skipped: a missing service, a test that
 * did not run and a project without tests are failures.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startVitest } from 'vitest/node'
import { ensureServices } from './ensure-services.ts'
import { reportModules, type TestReport } from './test-run/report-modules.ts'

const root = dirname(import.meta.dirname)
process.chdir(root)

function runStep(name: string, script: string): boolean {
  process.stdout.write(`\n== ${name}\n`)
  return spawnSync(process.execPath, [join(import.meta.dirname, script)], { stdio: 'inherit' }).status === 0
}

const testFiles = (): string[] =>
  globSync('{packages,test,bench,scripts}/**/*.test.{ts,tsx}', {
    exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
  })

async function runVitest(): Promise<TestReport> {
  const vitest = await startVitest('test', [], { run: true, reporters: ['default'] })
  const modules = vitest.state.getTestModules()
  const report = reportModules(modules)
  const ran = new Set(modules.map((module) => module.project.name))
  for (const { name } of vitest.projects) if (!ran.has(name)) report.silent.push(`no test in project ${name}`)
  const files = new Set(modules.map((module) => module.relativeModuleId))
  for (const file of testFiles()) if (!files.has(file)) report.silent.push(`in no project: ${file}`)
  const unhandled = vitest.state.getUnhandledErrors().length
  await vitest.close()
  return { ...report, failed: report.failed + unhandled }
}

const missing = ensureServices()
if (missing.length > 0) {
  process.stderr.write(`${missing.join('\n')}\n`)
  process.exit(1)
}
const built = runStep('web app', 'prepare.mjs')
const checked = runStep('checks', 'check.ts')
process.stdout.write('\n== tests\n')
const { passed, failed, silent } = await runVitest()

for (const line of silent) process.stdout.write(`did not run: ${line}\n`)
if (!built) process.stdout.write('the web app could not be built\n')
if (!checked) process.stdout.write('npm run check found problems\n')
const failures = failed + silent.length + (built ? 0 : 1) + (checked ? 0 : 1)
process.stdout.write(`${passed} passed, ${failures} failed\n`)
process.exit(failures === 0 && passed > 0 ? 0 : 1)
