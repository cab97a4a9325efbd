import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import type { ClientOrigin } from './client-address.ts'

const HSTS = 'max-age=31536000'
const PERMISSIONS =
  'microphone=(self), camera=(self), display-capture=(self), geolocation=(), payment=(), usb=(), serial=(), midi=()'
const PLAIN_HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:]+\](:\d+)?$/i

/** Headers of every answer that keep a page from doing, loading or telling more than it needs. */
export async function registerSecurityHeaders(app: FastifyInstance, client: ClientOrigin): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        // Dialogs and toasts set positions by style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", 'blob:'],
        // Older browsers do not count sockets of the same host as 'self'.
        connectSrc: [
          "'self'",
          (request) => {
            const host = client.host(request)
            return PLAIN_HOST.test(host) ? `ws://${host} wss://${host}` : "'self'"
          },
        ],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    // Links to rooms are keys: they leave with no request.
    referrerPolicy: { policy: 'no-referrer' },
    // Only where TLS is, which a request knows and a start does not.
    hsts: false,
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('Permissions-Policy', PERMISSIONS)
    if (client.isSecure(request.raw)) reply.header('Strict-Transport-Security', HSTS)
  })
}
