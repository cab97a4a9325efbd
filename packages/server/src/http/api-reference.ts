import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { VERSIONS } from '@parley/protocol'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { namedSchemas } from './rest/rest-schema.ts'

/** Gathers the schemas of every route registered after it. The document is made when first asked for. */
export async function registerApiReference(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Parley: REST',
        version: `${VERSIONS.rooms}.0.0`,
        description:
          'Rooms and conversations by REST. Errors are problem documents (RFC 9457) with a stable `code`. The sockets are described at `/docs/sockets`.',
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          cookie: {
            type: 'apiKey',
            in: 'cookie',
            name: 'parley_token',
            description: 'Behind TLS `__Host-parley_token`. Calls that change something then need `X-CSRF-Token`.',
          },
          adminToken: {
            type: 'http',
            scheme: 'bearer',
            description: "The operator's token (`ADMIN_TOKEN`); where it is not set there are no such calls.",
          },
          apiKey: {
            type: 'apiKey',
            in: 'header',
            name: 'X-Api-Key',
            description: "For the site's own servers (`API_KEY`); each key has scopes.",
          },
        },
      },
    },
    transform: createJsonSchemaTransform({ schemaRegistry: namedSchemas }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry: namedSchemas }),
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs/api',
    uiConfig: {
      url: '/openapi.json',
      layout: 'BaseLayout',
      deepLinking: true,
      displayRequestDuration: true,
      validatorUrl: null,
    },
    theme: { title: 'Parley: REST' },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** The same for the sockets: the document for machines, and a page for people. Made when first asked for. */
export function registerSocketReference(app: FastifyInstance): void {
  const made = madeOnce(async () => {
    const [{ createAsyncApiDocument }, { renderAsyncApiHtml }] = await Promise.all([
      import('../wire/asyncapi.ts'),
      import('../wire/render-asyncapi.ts'),
    ])
    const document = createAsyncApiDocument()
    return { document, page: renderAsyncApiHtml(document) }
  })
  app.get('/asyncapi.json', { schema: { hide: true } }, async () => (await made()).document)
  app.get('/docs/sockets', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send((await made()).page),
  )
}

/** What takes long to make, and so is made for the first who asks. */
function madeOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make()
    return made
  }
}
