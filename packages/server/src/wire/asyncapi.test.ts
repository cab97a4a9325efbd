import { messenger, rooms, site } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import { createAsyncApiDocument } from './asyncapi.ts'
import { renderAsyncApiHtml } from './render-asyncapi.ts'

const document = createAsyncApiDocument()

/** What a JSON pointer reference names in the document. */
function resolve(reference: string): unknown {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document)
}

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : references(inner),
  )
}

describe('the AsyncAPI document', () => {
  it('names every message of every wire', () => {
    const names = new Set(Object.values(document.components.messages).map(({ title }) => title))
    const expected = [
      ...Object.keys(rooms.clientMessages).map((name) => `${name} (client)`),
      ...Object.keys(rooms.serverMessages).map((name) => `${name} (server)`),
      ...Object.keys(rooms.roomEvents).map((name) => `room_event ${name} (server)`),
      ...[site, messenger].flatMap(({ clientMessages, serverMessages }) => [
        ...Object.keys(clientMessages).flatMap((name) => [`${name} (client)`, `${name} (answer)`]),
        ...Object.keys(serverMessages).map((name) => `${name} (server)`),
      ]),
    ]
    expect([...names].sort()).toEqual([...new Set(expected)].sort())
  })

  it('has no reference that leads nowhere', () => {
    const all = references(document)
    expect(all.length).toBeGreaterThan(100)
    for (const reference of all) expect(resolve(reference), reference).toBeDefined()
  })

  it('is the one in the repository (vitest -u writes it)', async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(
      '../../../../docs/reference/asyncapi.json',
    )
  })
})

describe('its page', () => {
  const html = renderAsyncApiHtml(document)

  it('shows every operation, without scripts', () => {
    for (const { title } of Object.values(document.operations)) expect(html).toContain(`<code>${title}</code>`)
    expect(html).not.toContain('<script')
  })

  it('escapes what it shows', () => {
    const { info } = document
    const hostile = renderAsyncApiHtml({ ...document, info: { ...info, title: '<img src=x onerror="x">' } })
    expect(hostile).not.toContain('<img')
  })
})
