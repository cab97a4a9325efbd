import { describeChange } from './change.ts'
import type { Entry, History } from './history.ts'
import type { ChaosReport } from './run-chaos.ts'

/** How many lines are shown before the place where it went wrong, and as many after it. */
const AROUND = 12
const MOST = 20

/** What a reader needs to find out why: what is wrong, and around the first of it what everybody there saw. */
export function describeReport({ violations, problems, histories }: ChaosReport): string {
  const lines = violations
    .slice(0, MOST)
    .map(
      ({ rule, conversationId, client, rev, says }) =>
        `${rule}: ${client ?? 'stored'} in ${conversationId} at ${rev}: ${says}`,
    )
  if (violations.length > MOST) lines.push(`and ${violations.length - MOST} more`)
  lines.push(...problems.slice(0, MOST))
  if (problems.length > MOST) lines.push(`and ${problems.length - MOST} more`)
  const [first] = violations
  if (first !== undefined) {
    for (const history of histories) lines.push(...excerpt(history, first.conversationId, first.rev, first.client))
  }
  return lines.join('\n')
}

function excerpt(
  { client, way, entries }: History,
  conversationId: string,
  rev: number | null,
  culprit: string | null,
) {
  const here = entries.filter((entry) => !('conversationId' in entry) || entry.conversationId === conversationId)
  if (!here.some((entry) => 'conversationId' in entry)) return []
  const at = here.findIndex((entry) => rev !== null && reaches(entry, rev))
  const around = client === culprit ? AROUND : 2
  const middle = at === -1 ? here.length : at
  return [
    `-- ${client} (${way})`,
    ...here.slice(Math.max(0, middle - around), middle + around).map((entry) => `   ${entry.at} ms ${describe(entry)}`),
  ]
}

function reaches(entry: Entry, rev: number): boolean {
  if (entry.what === 'told') return entry.change.rev >= rev
  if (entry.what === 'entered') return entry.rev >= rev
  return entry.what === 'acked' && entry.seq >= rev
}

function describe(entry: Entry): string {
  switch (entry.what) {
    case 'told':
      return `told ${entry.change.rev} ${describeChange(entry.change)}`
    case 'entered': {
      const since = entry.since === null ? '' : ` since ${entry.since.rev}`
      return `entered at ${entry.rev}${since}, ${entry.recovered ? `recovered [${entry.missed.map((change) => change.rev)}]` : 'afresh'}`
    }
    case 'sent':
      return `sent ${entry.clientId}`
    case 'acked':
      return `acked ${entry.clientId} at ${entry.seq}${entry.duplicate ? ' as a duplicate' : ''}`
    case 'left':
      return entry.seat ? 'left' : 'looked away'
    default:
      return entry.what
  }
}
