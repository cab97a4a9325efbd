import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startServer } from '@parley/testkit'
import { expect, test } from 'vitest'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))

test('the README’s example runs as it stands', async () => {
  await using server = await startServer()
  const readme = await readFile(`${packageFolder}/README.md`, 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? 'there is no example'
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', example], {
    cwd: packageFolder,
    env: { PARLEY_URL: server.url },
    timeout: 8000,
  })
  expect(stdout).toBe('Ada: Hello!\n')
})
