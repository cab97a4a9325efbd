import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const BUILT = fileURLToPath(new URL('../../../client/dist', import.meta.url))

/**
 * The SDK for plain pages, `/sdk/parley.js`, from `directory`. Its name stays while its contents change, so
 * browsers ask each time whether theirs is the latest; pages of other sites may load it.
 */
export async function serveSdk(app: FastifyInstance, directory: string = BUILT): Promise<void> {
  if (!existsSync(join(directory, 'parley.js'))) return
  await app.register(fastifyStatic, {
    root: directory,
    prefix: '/sdk/',
    index: false,
    dotfiles: 'ignore',
    preCompressed: true,
    cacheControl: false,
    decorateReply: false,
    schemaHide: true,
    setHeaders(reply) {
      reply.header('Cache-Control', 'no-cache')
      reply.header('Cross-Origin-Resource-Policy', 'cross-origin')
      // Voice is loaded as a module, which pages of other sites only get with this.
      reply.header('Access-Control-Allow-Origin', '*')
    },
  })
}
