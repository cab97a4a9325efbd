import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Runs `script` in a process of its own whose stray errors are logged. */
async function run(script: string): Promise<{ readonly code: number; readonly stdout: string }> {
  const modules = ['ops/wait-for-signal.ts', 'ops/logger.ts'].map((path) => new URL(`../${path}`, import.meta.url).href)
  const program = `
    const [{ logStrayErrors }, { openLoggers }] = await Promise.all(${JSON.stringify(modules)}.map((url) => import(url)))
    logStrayErrors(openLoggers({ environment: 'production', logLevel: 'info', logDir: null, logMaxMegabytes: 0, logDaily: false, logFilesKept: 0 }).logger)
    ${script}`
  const args = ['--input-type=module', '--eval', program]
  return promisify(execFile)(process.execPath, args).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  )
}

test('a rejection that nobody handles is logged, and the process goes on', async () => {
  const { code, stdout } = await run(`
    void Promise.reject(new Error('lost'))
    setTimeout(() => console.log('still here'), 20)`)
  expect(stdout).toContain('"message":"lost"')
  expect(stdout).toContain('still here')
  expect(code).toBe(0)
})

test('an exception that nobody catches is logged, and is the end', async () => {
  const { code, stdout } = await run(`
    setTimeout(() => { throw new Error('broken') }, 1)
    setTimeout(() => console.log('still here'), 5000)`)
  expect(stdout).toContain('"message":"broken"')
  expect(stdout).not.toContain('still here')
  expect(code).toBe(1)
})
