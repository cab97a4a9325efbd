import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parseConfig } from '@parley/server/config'
import { expect, test } from 'vitest'
import { ROOT } from './deploy-files.ts'

interface Pm2App {
  readonly cwd: string
  readonly script: string
  readonly interpreter: string
  readonly exec_mode: string
  readonly kill_timeout: number
  readonly treekill: boolean
}

test('the ecosystem file runs the server with its own Node, and lets it end in its own time', () => {
  const load = createRequire(import.meta.url)
  const { apps } = load(join(ROOT, 'deploy/pm2/ecosystem.config.cjs')) as { apps: Pm2App[] }
  expect(apps).toHaveLength(1)
  const [app] = apps
  expect(app).toMatchObject({ cwd: ROOT, exec_mode: 'fork', treekill: false, env: { NODE_ENV: 'production' } })
  expect(existsSync(join(ROOT, app?.script ?? ''))).toBe(true)
  expect(existsSync(app?.interpreter ?? '')).toBe(true)
  expect(app?.kill_timeout).toBeGreaterThanOrEqual(parseConfig({}).config.shutdownTimeoutMs + 30_000)
})
