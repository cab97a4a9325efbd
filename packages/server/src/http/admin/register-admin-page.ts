import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { ProblemError } from '../problem.ts'

/** The operator's page at `/admin`, and its files. It holds nothing: what it shows, it asks for with the token. */
export async function registerAdminPage(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: directory,
    prefix: '/admin/',
    index: false,
    dotfiles: 'ignore',
    preCompressed: true,
    cacheControl: false,
    schemaHide: true,
    decorateReply: false,
    setHeaders(reply, path) {
      const isNamedByContent = path.includes(`${sep}assets${sep}`)
      reply.header('Cache-Control', isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.get('/admin', { schema: { hide: true } }, async (_request, reply) => {
    // Read anew each time, so that a build under a running server shows: its assets have new names.
    const page = await readFile(join(directory, 'index.html'), 'utf8').catch(() => {
      throw new ProblemError('UNAVAILABLE', 'This page is not built yet. Run: npm run build')
    })
    return reply
      .header('Cache-Control', 'no-cache')
      .header('X-Robots-Tag', 'noindex, nofollow')
      .type('text/html; charset=utf-8')
      .send(page)
  })
}
