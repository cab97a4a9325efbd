import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { expect, test } from 'vitest'
import { ChatManager } from './chat-manager-constructor.ts'
import { createMemoryOutbox } from './outbox-storage.ts'

const COMPILER = fileURLToPath(new URL('../../../node_modules/typescript7/bin/tsc', import.meta.url))
const packageFolder = fileURLToPath(new URL('..', import.meta.url))

async function example(language: string): Promise<string> {
  const readme = await readFile(`${packageFolder}/README.md`, 'utf8')
  return new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readme)?.[1] ?? 'there is no example'
}

test('the README’s example runs as it stands', async () => {
  await using server = await startServer()
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module-typescript', '-e', await example('ts')],
    { cwd: packageFolder, env: { PARLEY_URL: server.url }, timeout: 50_000 },
  )
  expect(stdout).toBe('Ada: Hello!\n')
})

test('the README’s bot answers', async () => {
  const secret = randomBytes(36).toString('base64')
  await using server = await startServer({ jwtSecrets: [secret] })
  const env = { PARLEY_URL: server.url, BOT_TOKEN: signSiteToken(secret, 'bot') }
  const bot = spawn(process.execPath, ['--input-type=module', '-e', await example('js')], { cwd: packageFolder, env })
  try {
    let output = ''
    bot.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    await expect.poll(() => output).toContain('websocket')
    const getToken = () => signSiteToken(secret, 'ada')
    const ada = ChatManager({ wsServer: server.url, getToken, outbox: createMemoryOutbox() })
    const { id } = await ada.createConversation({ name: 'Bots', members: [{ userId: 'bot' }] })
    const heard: string[] = []
    ada.on('message', ({ encryptedContent }) => heard.push(encryptedContent))
    ada.open(id).send({ content: 'ping' })
    await expect.poll(() => heard).toEqual([expect.stringMatching(/^pong \d+$/)])
    ada.close()
  } finally {
    bot.kill()
  }
})

test('the README’s React example is right by its types', async () => {
  await mkdir(join(packageFolder, 'dist'), { recursive: true })
  const folder = await mkdtemp(join(packageFolder, 'dist/readme-'))
  try {
    const source = await example('tsx')
    expect(source).toContain('useSyncExternalStore')
    await writeFile(join(folder, 'example.tsx'), source)
    const compilerOptions = { jsx: 'react-jsx', lib: ['es2024', 'esnext.disposable', 'dom'] }
    const config = { extends: '../../../../tsconfig.base.json', compilerOptions, files: ['example.tsx'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const checked = promisify(execFile)(process.execPath, [COMPILER, '-p', folder])
    await expect(checked.catch(({ stdout }) => stdout)).resolves.toMatchObject({ stdout: '' })
  } finally {
    await rm(folder, { recursive: true })
  }
})
