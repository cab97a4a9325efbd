import type { Nonsense } from './nonsense.ts'

/** As much of JSON Schema as our own schemas say. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

export interface SampleOptions {
  readonly nonsense: Nonsense
  /** What is meant by a field of this name; `undefined` when nothing in particular is. */
  readonly meant: (field: string) => unknown
  readonly resolve: (ref: string) => JsonSchema
}

/** Makes values that a schema accepts: mostly small ones, now and then as long or as great as it allows. */
export function createSampler({ nonsense, meant, resolve }: SampleOptions): (schema: JsonSchema) => unknown {
  const { below, among, random } = nonsense
  const isOdd = (): boolean => random() < 0.05

  function text({ minLength = 0, maxLength = 200 }: JsonSchema): string {
    const length = isOdd() ? maxLength : Math.min(maxLength, Math.max(minLength, 1 + below(12)))
    return among(['a', 'ü', '界', '😀']).repeat(length).slice(0, length)
  }

  function number({ minimum = 0, maximum = 1000, type }: JsonSchema): number {
    const value = isOdd() ? among([minimum, maximum]) : minimum + random() * Math.min(maximum - minimum, 100)
    return type === 'integer' ? Math.round(value) : value
  }

  function object({ properties = {}, required = [], additionalProperties }: JsonSchema): Record<string, unknown> {
    const made: Record<string, unknown> = {}
    for (const [field, schema] of Object.entries(properties)) {
      if (!required.includes(field) && random() < 0.4) continue
      const known = 'const' in schema || random() < 0.1 ? undefined : meant(field)
      made[field] = known === undefined ? sample(schema) : known
    }
    if (typeof additionalProperties === 'object' && random() < 0.5) made.more = sample(additionalProperties)
    return made
  }

  function list(schema: JsonSchema): unknown[] {
    const { minItems = 0, maxItems = 5, items = {} } = schema
    const length = isOdd() ? Math.min(maxItems, 500) : Math.min(maxItems, minItems + below(3))
    return Array.from({ length }, () => sample(items))
  }

  function sample(schema: JsonSchema): unknown {
    if (schema.$ref !== undefined) return sample(resolve(schema.$ref))
    if ('const' in schema) return schema.const
    if (schema.enum !== undefined) return among(schema.enum)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices !== undefined) return sample(among(choices))
    if (schema.allOf !== undefined) return sample(Object.assign({}, ...schema.allOf))
    switch (schema.type) {
      case 'object':
        return object(schema)
      case 'array':
        return list(schema)
      case 'string':
        return text(schema)
      case 'integer':
      case 'number':
        return number(schema)
      case 'boolean':
        return random() < 0.5
      case 'null':
        return null
      default:
        return nonsense.json(2)
    }
  }
  return sample
}
