import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createRestApi } from '@parley/client'
import { openBrowser, type TestBrowser } from '@parley/testkit/browser'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import type { Tone } from './talker-page.ts'

const MEDIA_WORKER = join(import.meta.dirname, '../../../packages/client/src/e2ee/media-cipher-worker.ts')

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
  openRoom(serverUrl: string, options?: RoomOptions): Promise<TalkerRoom>
}

interface RoomOptions {
  /** The address by which the host reaches the server. */
  readonly hostUrl?: string
  /** From end to end. */
  readonly encrypted?: boolean
  /** The height of everybody's picture; 180 unless told. */
  readonly pictureHeight?: number
}

export interface TalkerRoom {
  /** As in its link. */
  readonly roomId: string
  /** The first one is the host. Not in voice yet. `key`: what they have of the link after `#k=`. */
  enter(tone: Tone, key?: string): Promise<Talker>
  /** Closes their pages. */
  close(): Promise<void>
}

/** One browser for everybody: each has a context of their own. */
export async function openTalkerSite(): Promise<TalkerSite> {
  await using opening = new AsyncDisposableStack()
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'talker-page.ts'), MEDIA_WORKER],
    entryNames: '[name]',
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    outdir: '/',
  })
  const scripts = new Map(
    // The page asks for the worker by the name of its source: esbuild leaves that as it is.
    outputFiles.map(({ path, contents }) => [
      path.replace('media-cipher-worker.js', 'media-cipher-worker.ts'),
      contents,
    ]),
  )
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
    openRoom: (serverUrl, options = {}) => openRoom(browser, origin, serverUrl, options),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function openRoom(
  browser: TestBrowser,
  origin: string,
  guestUrl: string,
  { hostUrl = guestUrl, encrypted = false, pictureHeight }: RoomOptions,
): Promise<TalkerRoom> {
  const api = createRestApi({ url: guestUrl })
  const { roomId, token: hostToken } = await api.createRoom({
    name: 'Tones',
    hostName: 'Host',
    duration: 15,
    encrypted,
  })
  const pages: Page[] = []
  return {
    roomId,
    async enter(tone, key) {
      const isHost = pages.length === 0
      const { page } = await browser.newPerson()
      pages.push(page)
      const guest = isHost ? null : await api.joinRoom({ roomId, participantName: `Guest ${pages.length}` })
      await page.goto(origin)
      await page.waitForFunction(() => 'openTalker' in window)
      const token = guest?.token ?? hostToken
      const url = isHost ? hostUrl : guestUrl
      const options = {
        url,
        token,
        roomId,
        tone,
        ...(key !== undefined && { key }),
        ...(pictureHeight !== undefined && { pictureHeight }),
      }
      await page.evaluate((talker) => window.openTalker(talker), options)
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
