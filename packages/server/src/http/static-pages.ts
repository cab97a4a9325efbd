import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError } from './problem.ts'

const FOREVER = 'public, max-age=31536000, immutable'
const REVALIDATE = 'no-cache'
const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Parley</title>
<h1>Parley is running</h1>
<p>Its web app is not built yet. Run <code>npm run build</code>, or <code>npm start</code> which does it by itself, and start the server again.</p>
<p><a href="/docs/api">REST</a> and the sockets work already.</p>
`

/**
 * The web app: files from `directory` as they are (compressed ones beside them are preferred), and its
 * one page for every address that a browser navigates to.
 */
export async function registerStaticPages(app: FastifyInstance, directory: string): Promise<void> {
  const isBuilt = existsSync(join(directory, 'index.html'))
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: directory,
      index: false,
      preCompressed: true,
      cacheControl: false,
      schemaHide: true,
      setHeaders(reply, path) {
        reply.header('Cache-Control', path.includes(`${sep}assets${sep}`) ? FOREVER : REVALIDATE)
      },
    })
    app.get('/', { schema: { hide: true } }, (_request, reply) => sendApp(reply))
  }

  app.setNotFoundHandler((request, reply) => {
    if (!isNavigation(request)) throw new ProblemError('UNKNOWN_EVENT', 'There is nothing at this address.', 404)
    // A room's address is for those who were given it, not for search engines.
    if (request.url.startsWith('/r/')) reply.header('X-Robots-Tag', 'noindex, nofollow')
    return isBuilt ? sendApp(reply) : reply.status(503).type('text/html; charset=utf-8').send(NOT_BUILT)
  })
}

const sendApp = (reply: FastifyReply): FastifyReply => reply.sendFile('index.html')

/** Whether the app's page is meant: a browser opens some address, or anything asks for one that is a page. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const path = url.replace(/\?.*$/s, '')
  if (path === '/' || path.startsWith('/r/')) return true
  const isFile = /\.\w+$/.test(path)
  return !isFile && (headers.accept ?? '').includes('text/html')
}
