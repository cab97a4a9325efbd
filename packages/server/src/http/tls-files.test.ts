import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { followTlsFiles, readTlsPair } from './tls-files.ts'

const fixture = (name: string): Buffer => readFileSync(fileURLToPath(new URL(`fixtures/${name}.pem`, import.meta.url)))
const LOOK_EVERY_MS = 20

let folder = ''
let server: Server
let lines: string[] = []
let follow: ReturnType<typeof followTlsFiles>
const paths = () => ({ certPath: join(folder, 'cert.pem'), keyPath: join(folder, 'key.pem') })
const write = (name: 'cert' | 'key', from: string) => writeFileSync(join(folder, `${name}.pem`), fixture(from))

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-tls-'))
  write('cert', 'localhost-cert')
  write('key', 'localhost-key')
  server = createServer(readTlsPair(paths()), (_request, response) => response.end('here'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  lines = []
  const note = (...words: unknown[]) => void lines.push(words.map((word) => JSON.stringify(word)).join(' '))
  follow = followTlsFiles(server, paths(), { info: note, error: note }, LOOK_EVERY_MS)
})
afterEach(async () => {
  follow[Symbol.dispose]()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

async function connected(): Promise<TLSSocket> {
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
  return socket
}
/** What a new connection is shown. */
async function shown(): Promise<string> {
  const socket = await connected()
  const { CN } = socket.getPeerCertificate().subject
  socket.destroy()
  return String(CN)
}

test('a renewed pair is shown to new connections, and open ones go on', async () => {
  const open = await connected()
  expect(await shown()).toBe('localhost')
  write('cert', 'renewed-cert')
  write('key', 'renewed-key')
  await expect.poll(shown).toBe('renewed')
  open.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  let answer = ''
  for await (const chunk of open) answer += String(chunk)
  expect(answer).toContain('here')
  expect(lines.at(-1)).toContain('"subject":"CN=renewed"')
})

test('a link that leads elsewhere is seen, as certbot renews', async () => {
  for (const [name, from] of [
    ['cert', 'renewed-cert'],
    ['key', 'renewed-key'],
  ] as const) {
    writeFileSync(join(folder, `${name}2.pem`), fixture(from))
    rmSync(join(folder, `${name}.pem`))
    symlinkSync(`${name}2.pem`, join(folder, `${name}.pem`))
  }
  await expect.poll(shown).toBe('renewed')
})

describe('what can not be served', () => {
  test('is said in words, and the one before goes on', async () => {
    write('cert', 'renewed-cert')
    follow.reload()
    expect(lines.at(-1)).toContain('the key is not that of the certificate')
    expect(await shown()).toBe('localhost')
    write('key', 'renewed-key')
    follow.reload()
    expect(await shown()).toBe('renewed')
  })

  test.each([
    ['half a file', () => writeFileSync(paths().certPath, fixture('renewed-cert').subarray(0, 200))],
    ['no file', () => rmSync(paths().keyPath)],
  ])('%s', async (_what, spoil) => {
    spoil()
    follow.reload()
    expect(lines).toEqual([expect.stringContaining('The one before goes on being served.')])
    expect(await shown()).toBe('localhost')
    follow.reload()
    expect(lines).toHaveLength(1)
  })

  test('stops a start', () => {
    write('cert', 'renewed-cert')
    expect(() => readTlsPair(paths())).toThrow(/the key is not that of the certificate.*Put a pair there/)
  })
})
