import type { z } from 'zod'

type Issue = z.core.$ZodIssue
type Holder = Record<PropertyKey, unknown>

/**
 * `raw` without the fields that are `null` and that these issues are about: in many languages a field that is left out
 * is written as `null`. What the schema takes as `null`, such as what only clients understand, stays.
 */
export function withoutNulls(raw: unknown, issues: readonly Issue[]): unknown {
  const top: Holder = { raw }
  const copies = new Set<unknown>([top])
  for (const path of pathsOf(issues)) {
    if (!endsInNull(raw, path)) continue
    const [last = '', ...holders] = ['raw', ...path].reverse()
    let holder = top
    for (const key of holders.reverse()) {
      // However many fields of it are null, each is copied once.
      const copy = copies.has(holder[key]) ? holder[key] : copyOf(holder[key])
      copies.add(copy)
      holder[key] = copy
      holder = copy as Holder
    }
    delete holder[last]
  }
  return top.raw
}

/** Where something is wrong; with what may have several forms, wherever it is in any of them. */
function pathsOf(issues: readonly Issue[], within: readonly PropertyKey[] = []): readonly PropertyKey[][] {
  return issues.flatMap((issue) => {
    const path = [...within, ...issue.path]
    return issue.code === 'invalid_union' ? [path, ...issue.errors.flatMap((form) => pathsOf(form, path))] : [path]
  })
}

/** Whether it leads to a field; an entry of a list is never left out. */
function endsInNull(raw: unknown, path: readonly PropertyKey[]): boolean {
  let holder: unknown = null
  let value = raw
  for (const key of path) {
    holder = value
    value = (value as Holder | null | undefined)?.[key]
  }
  return value === null && holder !== null && !Array.isArray(holder)
}

const copyOf = (value: unknown): unknown => (Array.isArray(value) ? [...value] : { ...(value as object) })
