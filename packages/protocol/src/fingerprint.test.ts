import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import * as messenger from './messenger/index.ts'
import * as rooms from './rooms/index.ts'
import * as site from './site/index.ts'
import { VERSIONS } from './versions.ts'

/**
 * The shape of every schema of a wire, as recorded for its version. After a change that old clients
 * would notice, raise the wire's number in `versions.ts` and record the new pair here; after one that
 * they would not (an optional field more), record the new print under the same number.
 */
const RECORDED = {
  rooms: { version: 1, print: '6a809d6ea5a46b7e' },
  messenger: { version: 1, print: '8819830fe7f297a7' },
  site: { version: 1, print: '1c2d13b928519807' },
}

const isSchema = (value: unknown): value is z.ZodType => value instanceof z.ZodType

/** JSON Schemas by path for every schema that a module exports, alone or in a table. */
function schemasOf(exports: object, path = ''): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(exports).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const at = `${path}/${name}`
    if (isSchema(value)) found[at] = z.toJSONSchema(value, { io: 'input' })
    else if (typeof value === 'object' && value !== null) Object.assign(found, schemasOf(value, at))
  }
  return found
}

test.each([
  ['rooms', rooms],
  ['messenger', messenger],
  ['site', site],
] as const)('the %s wire is what its version says', (wire, exports) => {
  const schemas = schemasOf(exports)
  expect(Object.keys(schemas).length).toBeGreaterThan(10)
  const print = createHash('sha256').update(JSON.stringify(schemas)).digest('hex').slice(0, 16)
  expect({ version: VERSIONS[wire], print }).toEqual(RECORDED[wire])
})
