import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT, SETTING_NAMES } from './deploy-files.ts'

const FOLDER = join(ROOT, 'docs/operations')
const pages = readdirSync(FOLDER).filter((name) => name.endsWith('.md'))
const read = (path: string): string => readFileSync(path, 'utf8')
const { scripts } = JSON.parse(read(join(ROOT, 'package.json'))) as { scripts: Record<string, string> }
const help = spawnSync(process.execPath, [join(ROOT, 'packages/server/src/main.ts'), '--help'], {
  encoding: 'utf8',
}).stdout

/** In capitals as settings are, and none: what commands themselves set, names of other programs, words of wires. */
const NO_SETTINGS =
  /^(DB_PASSWORD|PUBLIC_IP|ADMIN_KEY|API_SECRET|TURN_SECRET|TURN_HOST|MACHINE_IP|SITE_HOST|POSTGRES_PASSWORD|REDIS_PASSWORD|REDISCLI_AUTH|NODE_EXTRA_CA_CERTS|USERNAME|CREDENTIAL|TOKEN|SQL|PATH|UNAVAILABLE|SIG[A-Z0-9]+|DEBUG|CHANGELOG|SECURITY|README|EOF)$/

describe.each(pages)('%s', (name) => {
  const text = read(join(FOLDER, name))
  const code = [...text.matchAll(/```sh\n([\s\S]*?)```|`([^`\n]+)`/g)].map(([, block, word]) => block ?? word ?? '')

  test('names no setting that there is not', () => {
    const named = code.flatMap((part) => part.match(/(?<![\w@$.-])[A-Z][A-Z0-9]*(_[A-Z0-9]+)+(?!\w)/g) ?? [])
    for (const setting of named.filter((word) => !NO_SETTINGS.test(word))) expect(SETTING_NAMES).toContain(setting)
  })

  test('uses commands, options and files of Parley that there are', () => {
    for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(script)
    for (const [, option] of text.matchAll(/(?:npm start --|doctor(?:\.sh)?) .*?(--[a-z-]+)/g))
      expect(help).toContain(option)
    for (const [, path = ''] of text.matchAll(/(?<=[\s/"])(deploy\/[\w./@-]+\w)/g)) {
      expect(existsSync(join(ROOT, path)), path).toBe(true)
    }
  })

  test('installs and starts with the npm that the installation has brought, in any shell', () => {
    const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block).join('')
    const [before = '', ...after] = blocks.split(/^npm (?:run build|start)\b/m)
    if (after.length > 0) expect(before).toContain('export PATH=/opt/node/node_modules/.bin:$PATH')
  })

  test('does not ask the journal for levels that it does not know', () => {
    expect(code.filter((part) => /^journalctl .*(?:-p|--priority)\b/.test(part))).toEqual([])
  })

  test('leads to pages and headings that there are', () => {
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', heading] = target.split('#')
      const page = path === '' ? join(FOLDER, name) : join(dirname(join(FOLDER, name)), path)
      expect(existsSync(page), target).toBe(true)
      if (heading !== undefined) expect(headingsOf(page), target).toContain(heading)
    }
  })

  test('has commands that a shell can read', () => {
    for (const [, block = ''] of text.matchAll(/```sh\n([\s\S]*?)```/g)) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: block, encoding: 'utf8' })
      expect(stderr).toBe('')
      expect(status).toBe(0)
    }
  })
})

/** As they are linked to. */
const headingsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, words = '']) =>
    words
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  )
