import type { Finding } from './finding.ts'

const SIGNS = { well: ['✓', 32], note: ['•', 33], wrong: ['✗', 31] } as const

/** A finding on a line, and what to do about it on the next. */
export function formatFinding({ name, outcome, found, advice }: Finding, isColored: boolean): string {
  const [sign, color] = SIGNS[outcome]
  const painted = isColored ? `\u001b[${color}m${sign}\u001b[0m` : sign
  return [`${painted} ${name}: ${found}`, ...(advice === undefined ? [] : [`    ${advice}`])].join('\n')
}

export function formatSummary(findings: readonly Finding[]): string {
  const wrong = findings.filter(({ outcome }) => outcome === 'wrong').length
  const notes = findings.filter(({ outcome }) => outcome === 'note').length
  const besides = notes === 0 ? '' : ` ${notes} to know of (•).`
  if (wrong === 0) return `All is well.${besides}`
  return `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong (✗).${besides}`
}
