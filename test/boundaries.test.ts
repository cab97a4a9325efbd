import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BoundaryReport, checkBoundaries, RULE_NAMES } from '../scripts/check-boundaries.ts'

const root = dirname(import.meta.dirname)

/** For each rule a file that breaks it, and no other rule of the same subject. */
const seeds: Record<string, { readonly file: string; readonly code: string; readonly also?: Record<string, string> }> =
  {
    'no-cycles': {
      file: 'packages/core/src/seed-cycle-a.ts',
      code: "import { b } from './seed-cycle-b.ts'\nexport const a = () => b\n",
      also: {
        'packages/core/src/seed-cycle-b.ts': "import { a } from './seed-cycle-a.ts'\nexport const b = () => a\n",
      },
    },
    'no-unresolved': { file: 'packages/client/src/seed-unresolved.ts', code: "export * from './not-there.ts'\n" },
    'packages-by-name': {
      file: 'packages/client/src/seed-by-path.ts',
      code: "export * from '../../protocol/src/close-codes.ts'\n",
    },
    'core-imports-nothing': {
      file: 'packages/core/src/seed-runtime.ts',
      code: "export { readFile } from 'node:fs/promises'\n",
    },
    'protocol-imports-its-schema-library': {
      file: 'packages/protocol/src/seed-core.ts',
      code: "export type { Core } from '@parley/core'\n",
    },
    'constants-import-no-schemas': {
      file: 'packages/protocol/src/versions.ts',
      code: "import { z } from 'zod'\nexport const VERSIONS = { rooms: 1, messenger: 1, schema: z.int() } as const\n",
    },
    'wire-imports-inward': {
      file: 'packages/server/src/wire/rooms/seed-storage.ts',
      code: "export * from '../../storage/memory/seed-store.ts'\n",
      also: { 'packages/server/src/storage/memory/seed-store.ts': 'export const store = 1\n' },
    },
    'wires-are-strangers': {
      file: 'packages/server/src/wire/rooms/seed-stranger.ts',
      code: "export * from '../messenger/seed-neighbour.ts'\n",
      also: { 'packages/server/src/wire/messenger/seed-neighbour.ts': 'export const neighbour = 1\n' },
    },
    'shared-wire-knows-no-wire': {
      file: 'packages/server/src/wire/seed-shared.ts',
      code: "export * from './messenger/seed-neighbour.ts'\n",
    },
    'wire-speaks-its-own-protocol': {
      file: 'packages/server/src/wire/rooms/seed-protocol.ts',
      code: "export { answers } from '@parley/protocol/messenger'\n",
    },
    'adapters-import-inward': {
      file: 'packages/server/src/storage/memory/seed-auth.ts',
      code: "export type { Authenticator } from '../../auth/authenticator.ts'\n",
    },
    'adapters-are-strangers': {
      file: 'packages/server/src/storage/memory/seed-stranger.ts',
      code: "export * from '../redis/seed-store.ts'\n",
      also: { 'packages/server/src/storage/redis/seed-store.ts': 'export const store = 1\n' },
    },
    'redis-imports-inward': {
      file: 'packages/server/src/redis/seed-store.ts',
      code: "export type { Stores } from '../storage/open-stores.ts'\n",
    },
    'media-imports-inward': {
      file: 'packages/server/src/media/mesh/seed-outward.ts',
      code: "export type { HttpServerOptions } from '../../http/create-http-server.ts'\n",
    },
    'only-media-names-its-adapters': {
      file: 'packages/server/src/wire/messenger/seed-media.ts',
      code: "export { findJanus } from '../../media/janus/janus-files.ts'\n",
    },
    'only-app-names-adapters': {
      file: 'packages/server/src/http/seed-adapter.ts',
      code: "export * from '../storage/redis/seed-store.ts'\n",
    },
    'only-main-imports-app': {
      file: 'packages/server/src/http/seed-app.ts',
      code: "export * from '../seed-app-copy.ts'\nexport * from '../app.ts'\n",
      also: { 'packages/server/src/seed-app-copy.ts': 'export const copy = 1\n' },
    },
    'nobody-imports-main': { file: 'packages/server/src/http/seed-main.ts', code: "import '../main.ts'\n" },
    'client-imports-protocol': {
      file: 'packages/client/src/seed-core.ts',
      code: "export type { Core } from '@parley/core'\n",
    },
    'web-imports-client': { file: 'packages/web/src/seed-core.ts', code: "export type { Core } from '@parley/core'\n" },
    'bot-imports-client': { file: 'packages/bot/src/seed-core.ts', code: "export type { Core } from '@parley/core'\n" },
    'no-schemas-in-the-browser': {
      file: 'packages/web/src/seed-schemas.ts',
      code: "export { rooms } from '@parley/protocol'\n",
    },
    'state-without-react': {
      file: 'packages/web/src/state/seed-react.ts',
      code: "export { useState } from 'react'\n",
    },
    'testkit-stays-in-tests': {
      file: 'packages/client/src/seed-testkit.ts',
      code: "export * from '@parley/testkit/fake-clock'\n",
    },
    'tests-are-not-libraries': {
      file: 'packages/client/src/seed-library.ts',
      code: "export * from './seed.test.ts'\n",
      also: { 'packages/client/src/seed.test.ts': 'export const seed = 1\n' },
    },
  }

/** The checkout's sources with the seeds, so that packages find each other inside the copy. */
function copyWithSeeds(): string {
  const copy = mkdtempSync(join(tmpdir(), 'parley-boundaries-'))
  cpSync(join(root, 'packages'), join(copy, 'packages'), {
    recursive: true,
    filter: (path) => !/\/(node_modules|dist)(\/|$)/.test(path),
  })
  const modules = join(copy, 'node_modules')
  mkdirSync(join(modules, '@parley'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@parley') symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  for (const name of readdirSync(join(copy, 'packages'))) {
    symlinkSync(join(copy, 'packages', name), join(modules, '@parley', name))
  }
  for (const { file, code, also = {} } of Object.values(seeds)) {
    for (const [path, text] of Object.entries({ ...also, [file]: code })) {
      mkdirSync(dirname(join(copy, path)), { recursive: true })
      writeFileSync(join(copy, path), text)
    }
  }
  return copy
}

describe('import boundaries', () => {
  let copy: string
  let report: BoundaryReport
  beforeAll(async () => {
    copy = copyWithSeeds()
    report = await checkBoundaries(copy)
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  it('reads the modules that it judges', () => {
    expect(report.modules).toBeGreaterThan(Object.keys(seeds).length + 40)
  })

  it('has a seed for every rule', () => {
    expect(Object.keys(seeds).sort()).toEqual([...RULE_NAMES].sort())
  })

  it.each(Object.entries(seeds))('catches a violation of %s', (rule, { file }) => {
    expect(
      report.violations.filter((violation) => violation.from === file).map((violation) => violation.rule),
    ).toContain(rule)
  })

  it('finds nothing where nothing was seeded', () => {
    const planted = new Set(Object.values(seeds).flatMap(({ file, also = {} }) => [file, ...Object.keys(also)]))
    expect(report.violations.filter(({ from }) => !planted.has(from))).toEqual([])
  })

  it('lets the environment be read in the configuration alone', () => {
    const lint = (file: string): string[] => {
      const path = join(copy, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, 'export const seed = process.env.SEED\n')
      cpSync(join(root, 'biome.json'), join(copy, 'biome.json'))
      writeFileSync(join(copy, '.gitignore'), '')
      const args = ['lint', '--reporter=json', '--vcs-enabled=false', file]
      const { diagnostics } = JSON.parse(runBiome(copy, args)) as { diagnostics: { category: string }[] }
      return diagnostics.map(({ category }) => category)
    }
    expect(lint('packages/server/src/http/seed-environment.ts')).toContain('lint/style/noProcessEnv')
    expect(lint('packages/server/src/config/seed-environment.ts')).toEqual([])
  })
})

/** Biome's report; it exits with an error when it found something. */
function runBiome(cwd: string, args: readonly string[]): string {
  try {
    return execFileSync(join(root, 'node_modules/.bin/biome'), args, { cwd, encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout)
    throw error
  }
}
