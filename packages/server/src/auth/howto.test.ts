import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPOSITORY } from '../config/reference-files.ts'
import { createSystemClock } from '../ids/system-clock.ts'
import { createAuthenticator } from './create-authenticator.ts'

const SECRET = 'b3JhbmdlcyBhbmQgbGVtb25zLCBzYXkgdGhlIGJlbGxz'

let folder = ''
let page = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-howto-'))
  page = await readFile(join(REPOSITORY, 'docs/howto/site.md'), 'utf8')
})
afterAll(() => rm(folder, { recursive: true }))

/** What the page shows of this language, with a line more that prints a token. */
async function tokenBy(language: string, command: string, file: string, printing: string): Promise<string> {
  const shown = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1]
  if (shown === undefined) throw new Error(`The page shows no ${language}`)
  const path = join(folder, file)
  await writeFile(path, `${shown}\n${printing}\n`)
  const { stdout } = await promisify(execFile)('env', [`JWT_SECRET=${SECRET}`, command, path])
  return stdout.trim()
}

test.each([
  ['js', process.execPath, 'token.mjs', 'console.log(chatToken({ id: 17, name: "Ann" }))'],
  ['python', 'python3', 'token.py', 'print(chat_token({"id": 17, "name": "Ann"}))'],
])('the tokens that the page for sites shows how to sign are good (%s)', async (...by) => {
  const authenticator = createAuthenticator({ secrets: [SECRET], clock: createSystemClock() })
  const token = await tokenBy(...by)
  expect(await authenticator.verify(token)).toMatchObject({ kind: 'user', userId: '17', name: 'Ann' })
})
