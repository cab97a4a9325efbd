import type { z } from 'zod'

type RawIssue = z.core.$ZodRawIssue
type Issue = z.core.$ZodIssue

const MISSING = 'is missing'
const NO_FORM = 'has none of the forms that it may have'

/**
 * What is wrong with a field, so that it reads on after the field's name: `name is missing`. A schema that says it
 * better itself comes before this.
 */
export function describeIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? MISSING : (KINDS[issue.expected] ?? 'is of the wrong type')
    case 'too_small':
      return issue.minimum === 1 && issue.origin !== 'number' && issue.origin !== 'int'
        ? 'must not be empty'
        : `must ${bound('at least', issue.minimum, issue.origin)}`
    case 'too_big':
      return `must ${bound('at most', issue.maximum, issue.origin)}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return issue.input === undefined ? MISSING : NO_FORM
    case 'invalid_format':
      return 'does not have the form that it must have'
    default:
      return 'is not valid'
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  object: 'must be an object',
  record: 'must be an object',
  array: 'must be a list',
}

const UNITS: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', set: 'entries' }

function bound(which: string, value: number | bigint, origin: string): string {
  const unit = UNITS[origin]
  return unit === undefined ? `be ${which} ${value}` : `have ${which} ${value} ${unit}`
}

/**
 * Each field that is wrong. Of what may have several forms, and does not say itself what is wrong with it, the form that
 * the request comes nearest to: the first that lacks nothing, else the first.
 */
export function wrongFields(
  issues: readonly Issue[],
  within: readonly PropertyKey[] = [],
): readonly { readonly path: string; readonly message: string }[] {
  return issues.flatMap((issue) => {
    const path = [...within, ...issue.path]
    if (issue.code !== 'invalid_union' || issue.message !== NO_FORM) {
      return [{ path: path.join('.'), message: issue.message }]
    }
    const nearest = issue.errors.find((form) => form.every(({ message }) => message !== MISSING)) ?? issue.errors[0]
    return wrongFields(nearest ?? [], path)
  })
}
