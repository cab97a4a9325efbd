import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config/index.ts'
import type { ClientOrigin } from './client-address.ts'
import { ProblemError } from './problem.ts'

const FOREVER = 'public, max-age=31536000, immutable'
const REVALIDATE = 'no-cache'
/** A host as it may stand in a page: a name or an address, with or without a port. */
const HOST = /^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$/i
const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Parley</title>
<h1>Parley is running</h1>
<p>Its web app is not built yet. Run <code>npm run build</code>, or <code>npm start</code> which does it by itself, and start the server again.</p>
<p><a href="/docs/api">REST</a> and the sockets work already.</p>
`

/**
 * The web app: files from `directory` as they are (compressed ones beside them are preferred), and its
 * one page for every address that a browser navigates to, which names this server in its link preview and says what
 * a new room may ask for here.
 */
export async function registerStaticPages(
  app: FastifyInstance,
  directory: string,
  client: Pick<ClientOrigin, 'host' | 'isSecure'>,
  rooms: Pick<Config, 'roomDurations' | 'roomMaxParticipants'>,
): Promise<void> {
  const indexPath = join(directory, 'index.html')
  const isBuilt = existsSync(indexPath)
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: directory,
      index: false,
      dotfiles: 'ignore',
      preCompressed: true,
      cacheControl: false,
      schemaHide: true,
      setHeaders(reply, path) {
        reply.header('Cache-Control', path.includes(`${sep}assets${sep}`) ? FOREVER : REVALIDATE)
      },
    })
    app.get('/', { schema: { hide: true } }, sendApp)
    // Browsers ask for it on pages that name no icon, as those of the reference.
    app.get('/favicon.ico', { schema: { hide: true } }, (_request, reply) => reply.sendFile('favicon.png'))
  }

  app.setNotFoundHandler((request, reply) => {
    if (!isNavigation(request)) throw new ProblemError('UNKNOWN_EVENT', 'There is nothing at this address.', 404)
    // A room's address is for those who were given it, not for search engines.
    if (request.url.startsWith('/r/')) reply.header('X-Robots-Tag', 'noindex, nofollow')
    return sendApp(request, reply)
  })

  async function sendApp(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply.type('text/html; charset=utf-8')
    if (!isBuilt) return reply.status(503).send(NOT_BUILT)
    // Read anew each time, so that a build under a running server shows: its assets have new names.
    const page = await readFile(indexPath, 'utf8')
    return reply
      .header('Cache-Control', REVALIDATE)
      .send(withRoomLimits(withAbsolutePreview(page, originOf(request)), rooms))
  }

  function originOf({ raw }: FastifyRequest): string | null {
    const host = client.host(raw)
    return HOST.test(host) ? `${client.isSecure(raw) ? 'https' : 'http'}://${host}` : null
  }
}

/** What shows a link in a chat or a feed takes the preview's image by an absolute address only (ogp.me). */
function withAbsolutePreview(page: string, origin: string | null): string {
  return origin === null
    ? page
    : page.replace('content="/social-preview.png"', `content="${origin}/social-preview.png"`)
}

/** In place of the defaults that the page is built with. */
function withRoomLimits(page: string, limits: Pick<Config, 'roomDurations' | 'roomMaxParticipants'>): string {
  return page
    .replace(/(?<=<meta name="room-durations" content=")[^"]*/, limits.roomDurations.join(','))
    .replace(/(?<=<meta name="room-max-participants" content=")[^"]*/, String(limits.roomMaxParticipants))
}

/** Whether the app's page is meant: a browser opens some address, or anything asks for one that is a page. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const path = url.replace(/\?.*$/s, '')
  if (path === '/' || path.startsWith('/r/')) return true
  // The operator's page, where there is one, is served by itself.
  if (path === '/admin' || path.startsWith('/admin/')) return false
  const isFile = /\.\w+$/.test(path)
  return !isFile && (headers.accept ?? '').includes('text/html')
}
