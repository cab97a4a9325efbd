import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_STATUS } from '@parley/protocol/constants'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REPOSITORY } from '../config/reference-files.ts'
import { COMMON_ERRORS } from './rest/rest-handler.ts'
import { REST_HANDLERS } from './rest/rest-handlers.ts'

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly required?: string[] } }> }
  readonly responses: Record<
    string,
    { readonly description: string; readonly content: Record<string, { readonly schema: unknown }> }
  >
}
interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, unknown>; readonly securitySchemes: Record<string, unknown> }
}

let server: TestServer
let document: Document
beforeAll(async () => {
  server = await startServer()
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document
})
afterAll(() => server[Symbol.asyncDispose]())

const operationOf = (method: string, url: string): Operation | undefined =>
  document.paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]

describe('/openapi.json', () => {
  test('is OpenAPI 3.1', () => {
    expect(document.openapi).toBe('3.1.0')
  })

  test('has every call, and nothing that is not one', () => {
    const documented = Object.entries(document.paths).flatMap(([url, methods]) =>
      Object.keys(methods).map((m) => `${m} ${url}`),
    )
    const declared = REST_HANDLERS.map(({ method, url }) => `${method.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`)
    expect(documented.sort()).toEqual([...declared, 'get /health', 'get /status'].sort())
  })

  test.each(REST_HANDLERS.map((handler) => [handler.name, handler] as const))('%s says all of it', (_name, handler) => {
    const operation = operationOf(handler.method, handler.url)
    expect(operation?.operationId).toBe(handler.name)
    expect(operation?.summary).toBe(handler.summary)
    const answered = operation?.responses[handler.status]
    expect(answered?.description).toMatch(/^(Done|The file)/)
    const type = handler.answer === 'file' ? 'application/octet-stream' : 'application/json'
    if (handler.answer === null) expect(answered?.content).toBeUndefined()
    else expect(answered?.content[type]?.schema).toBeDefined()
    expect(JSON.stringify(operation?.security).includes('{}')).toBe(handler.token === 'optional')
    expect(JSON.stringify(operation?.security).includes('bearer')).toBe(handler.token !== 'useless')
    expect(JSON.stringify(operation?.security).includes('apiKey')).toBe(handler.apiKey !== undefined)
    const inputs = [
      ...(operation?.parameters ?? []).map(({ name }) => name),
      ...Object.keys(
        (operation?.requestBody?.content['application/json']?.schema as { properties?: object })?.properties ?? {},
      ),
    ]
    expect(inputs.sort()).toEqual(Object.keys(handler.schema.shape).sort())
  })

  test.each(REST_HANDLERS.map((handler) => [handler.name, handler] as const))(
    '%s lists its errors',
    (_name, handler) => {
      const responses = operationOf(handler.method, handler.url)?.responses ?? {}
      for (const code of [...COMMON_ERRORS, ...handler.errors]) {
        const response = responses[ERROR_STATUS[code]]
        expect(response?.description, code).toContain(`\`${code}\``)
        expect(response?.content['application/problem+json']?.schema).toEqual({ $ref: '#/components/schemas/Problem' })
      }
    },
  )

  test('has no schema that says nothing, and no reference that leads nowhere', () => {
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      for (const [key, inner] of Object.entries(value)) {
        if (key === '$ref') {
          const name = String(inner).replace('#/components/schemas/', '')
          expect(Object.keys(document.components.schemas), `${path} → ${String(inner)}`).toContain(name)
        }
        if (key === 'schema') expect(Object.keys(inner as object), path).not.toHaveLength(0)
        walk(inner, `${path}/${key}`)
      }
    }
    walk(document, '')
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Room', 'Message', 'Participant', 'Problem']),
    )
  })

  test('knows every way to say who calls', () => {
    expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'cookie', 'adminToken', 'apiKey'])
  })
})

test('the page of errors lists exactly the codes and statuses of the code', () => {
  const page = readFileSync(join(REPOSITORY, 'docs/reference/errors.md'), 'utf8')
  const listed = [...page.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, code, status]) => [code, Number(status)])
  expect(Object.fromEntries(listed)).toEqual(ERROR_STATUS)
})

describe('/docs/api', () => {
  test('is a page without inline scripts, whose parts are all there', async () => {
    const page = await fetch(`${server.url}/docs/api/`)
    expect(page.headers.get('content-type')).toContain('text/html')
    const text = await page.text()
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/)
    const parts = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, part = '']) => new URL(part, `${server.url}/docs/api/`),
    )
    expect(parts.length).toBeGreaterThan(4)
    for (const part of parts) expect((await fetch(part)).status, String(part)).toBe(200)
    const initializer = parts.find(({ pathname }) => pathname.endsWith('swagger-initializer.js'))
    expect(await (await fetch(initializer ?? '')).text()).toContain('/openapi.json')
  })
})

describe('the sockets', () => {
  test('/asyncapi.json describes both wires', async () => {
    const answer = await fetch(`${server.url}/asyncapi.json`)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toMatchObject({ asyncapi: expect.stringMatching(/^3\./), channels: expect.any(Object) })
  })

  test('/docs/sockets shows them on a page without scripts', async () => {
    const answer = await fetch(`${server.url}/docs/sockets`)
    expect(answer.headers.get('content-type')).toContain('text/html')
    const page = await answer.text()
    expect(page).toContain('send_message')
    expect(page).toContain('message:new')
    expect(page).not.toContain('<script')
  })
})
