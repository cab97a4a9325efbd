import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createRestApi } from '@parley/client'
import { openBrowser, type TestBrowser } from '@parley/testkit/browser'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import type { Tone } from './talker-page.ts'

/** Somebody in a browser, in a room. */
export interface Talker {
  readonly userId: string
  readonly page: Page
  readonly tone: Tone
  hears(): Promise<Tone[]>
}

/** Pages that talk, and the site they come from. */
export interface TalkerSite extends AsyncDisposable {
  /** For `CORS_ORIGINS`. */
  readonly origin: string
  /** `hostUrl`: by which the host reaches the server. */
  openRoom(serverUrl: string, hostUrl?: string): Promise<TalkerRoom>
}

export interface TalkerRoom {
  /** The first one is the host. Not in voice yet. */
  enter(tone: Tone): Promise<Talker>
  /** Closes their pages. */
  close(): Promise<void>
}

/** One browser for everybody: each has a context of their own. */
export async function openTalkerSite(): Promise<TalkerSite> {
  await using opening = new AsyncDisposableStack()
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'talker-page.ts')],
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    outdir: '/',
  })
  const scripts = new Map(outputFiles.map(({ path, contents }) => [path, contents]))
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? '')
    if (script !== undefined) response.setHeader('content-type', 'text/javascript').end(script)
    else response.setHeader('content-type', 'text/html').end('<script type="module" src="/talker-page.js"></script>')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opening.defer(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const browser = opening.use(await openBrowser())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const opened = opening.move()
  return {
    origin,
    openRoom: (serverUrl, hostUrl = serverUrl) => openRoom(browser, origin, serverUrl, hostUrl),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function openRoom(browser: TestBrowser, origin: string, guestUrl: string, hostUrl: string): Promise<TalkerRoom> {
  const api = createRestApi({ url: guestUrl })
  const { roomId, token: hostToken } = await api.createRoom({
    name: 'Tones',
    hostName: 'Host',
    duration: 15,
  })
  const pages: Page[] = []
  return {
    async enter(tone) {
      const isHost = pages.length === 0
      const { page } = await browser.newPerson()
      pages.push(page)
      const guest = isHost ? null : await api.joinRoom({ roomId, participantName: `Guest ${pages.length}` })
      await page.goto(origin)
      await page.waitForFunction(() => 'openTalker' in window)
      const token = guest?.token ?? hostToken
      const url = isHost ? hostUrl : guestUrl
      await page.evaluate((options) => window.openTalker(options), { url, token, roomId, tone })
      return {
        userId: await page.evaluate(() => window.talker.chat.getSnapshot().selfId ?? ''),
        page,
        tone,
        hears: () => page.evaluate(() => window.talker.hears()),
      }
    },
    async close() {
      await Promise.all(pages.map((page) => page.context().close()))
    },
  }
}
