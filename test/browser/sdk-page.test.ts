import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ChatManager, createMemoryOutbox } from '@parley/client'
import { startServer } from '@parley/testkit'
import { openBrowser } from '@parley/testkit/browser'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { expect, test } from 'vitest'
import { openSeverableProxy } from '../clients/severable-proxy.ts'

const CLIENT = join(import.meta.dirname, '../../packages/client')
const SECRET = randomBytes(36).toString('base64')
const CHAT = 'project-alpha'

/** A site of another origin whose one page is the SDK's README's, with a user who is logged in. */
async function openPageSite(html: () => string, userId: string) {
  const server = createServer((request, response) => {
    if (request.url === '/chat-token') response.end(signSiteToken(SECRET, userId))
    else if (request.url === '/') response.setHeader('content-type', 'text/html').end(html())
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('the README’s plain page chats from another origin; what was sent without a server survives a reload', async () => {
  if (!existsSync(join(CLIENT, 'dist/parley.js'))) throw new Error('The SDK is not built: run npm run build first')
  const readme = await readFile(join(CLIENT, 'README.md'), 'utf8')
  const example = /```html\n(.*?)```/s.exec(readme)?.[1] ?? 'there is no example'
  let parleyUrl = ''
  await using site = await openPageSite(() => {
    const [page, ...rest] = example.replaceAll('http://localhost:3010', parleyUrl).split(`${parleyUrl}/sdk/`)
    // The script is the page's own need; only what the chat does goes by the line that is cut.
    return [page, ...rest].join(`${server.url}/sdk/`)
  }, 'ada')
  await using server = await startServer({ jwtSecrets: [SECRET], corsOrigins: [site.origin] })
  await using proxy = await openSeverableProxy(server.url)
  parleyUrl = proxy.url
  const bo = ChatManager({
    wsServer: server.url,
    getToken: () => signSiteToken(SECRET, 'bo'),
    outbox: createMemoryOutbox(),
  })
  await bo.createConversation({ id: CHAT, name: 'Alpha', members: [{ userId: 'ada' }] })
  const chat = bo.open(CHAT)
  const texts = (): string[] =>
    chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item.message.encryptedContent] : []))

  await using browser = await openBrowser()
  const { page } = await browser.newPerson()
  await page.goto(site.origin)
  await page.getByText('websocket', { exact: true }).waitFor()
  await page.locator('#text').fill('from the page')
  await page.getByRole('button', { name: 'Send' }).click()
  await expect.poll(texts).toEqual(['from the page'])
  chat.send({ content: 'to the page' })
  await page.getByRole('listitem').filter({ hasText: 'to the page' }).waitFor()
  await expect
    .poll(() => chat.getSnapshot().timeline.at(-1))
    .toMatchObject({ receipts: { delivered: 1, read: 1, of: 1 } })

  proxy.block()
  await page.getByText('offline', { exact: true }).waitFor()
  for (const text of ['sent', 'without', 'a server']) {
    await page.locator('#text').fill(text)
    await page.getByRole('button', { name: 'Send' }).click()
  }
  // At once: what the page shows as queued must be safe by now.
  await page.reload()
  await page.getByText('offline', { exact: true }).waitFor()
  proxy.unblock()
  await expect.poll(texts).toEqual(['from the page', 'to the page', 'sent', 'without', 'a server'])
  await page.getByRole('listitem').nth(4).waitFor()
  expect(await page.getByRole('listitem').count()).toBe(5)
  bo.close()
})
