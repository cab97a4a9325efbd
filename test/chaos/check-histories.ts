import { type Change, describeChange } from './change.ts'
import { checkHistory } from './check-history.ts'
import { foldChanges } from './fold-changes.ts'
import type { Entry, History, Truth, View } from './history.ts'
import type { Rule, Violation } from './violation.ts'

export interface Evidence {
  readonly histories: readonly History[]
  readonly views: readonly View[]
  readonly truths: readonly Truth[]
}

/**
 * Everything in what clients saw that a member of a conversation may rely on not to be so; empty when all is well.
 * A `Truth` is read when nobody writes any more and everybody who follows has caught up.
 */
export function checkHistories({ histories, views, truths }: Evidence): readonly Violation[] {
  return truths.flatMap((truth) => {
    const places = new Map<number, Change>()
    const disagreements = gatherPlaces(truth, histories, places)
    return [
      ...disagreements,
      ...checkTruth(truth, places, histories),
      ...histories.flatMap((history) => checkHistory(truth, places, history)),
      ...views.filter((view) => view.conversationId === truth.conversationId).flatMap((view) => checkView(truth, view)),
    ]
  })
}

type OfConversation = Exclude<Entry, { readonly what: 'connected' | 'cut off' }>

const isOf =
  (conversationId: string) =>
  (entry: Entry): entry is OfConversation =>
    'conversationId' in entry && entry.conversationId === conversationId

function changesOf(entry: Entry): readonly Change[] {
  if (entry.what === 'told') return [entry.change]
  return entry.what === 'entered' ? entry.missed : []
}

/** What everybody was told of each place, which must be the same. */
function gatherPlaces({ conversationId }: Truth, histories: readonly History[], places: Map<number, Change>) {
  const found: Violation[] = []
  for (const { client, entries } of histories) {
    for (const change of entries.filter(isOf(conversationId)).flatMap(changesOf)) {
      const known = places.get(change.rev)
      if (known === undefined) places.set(change.rev, change)
      else if (!isSame(known, change)) {
        const says = `was told ${describeChange(change)} where others were told ${describeChange(known)}`
        found.push({ rule: 'disagreement', conversationId, client, rev: change.rev, says })
      } else places.set(change.rev, merge(known, change))
    }
  }
  return found
}

/** A message that was deleted since is told without its text and its reactions; not every wire says who did what. */
function isSame(one: Change, other: Change): boolean {
  const agrees = <T>(a: T | null, b: T | null) => a === null || b === null || a === b
  return (
    one.kind === other.kind &&
    one.messageId === other.messageId &&
    agrees(one.userId, other.userId) &&
    (one.text === '' || other.text === '' || agrees(one.text, other.text))
  )
}

const merge = (one: Change, other: Change): Change => ({
  ...one,
  userId: one.userId ?? other.userId,
  clientId: one.clientId ?? other.clientId,
  text: one.text || other.text,
})

function checkTruth(truth: Truth, places: ReadonlyMap<number, Change>, histories: readonly History[]): Violation[] {
  const { conversationId, messages, rev: last } = truth
  const found: Violation[] = []
  const report = (rule: Rule, rev: number | null, says: string, client: string | null = null) =>
    found.push({ rule, conversationId, client, rev, says })

  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  const seen = new Map<string, number>()
  let before = 0
  for (const { seq, userId, clientId } of messages) {
    if (seq === before) report('doubled', seq, 'two messages are stored at one place')
    else if (seq < before) report('reordered', seq, `is stored after ${before}`)
    before = seq
    if (clientId === null) continue
    const key = `${userId} ${clientId}`
    const first = seen.get(key)
    if (first !== undefined) report('doubled', seq, `${clientId} of ${userId} is stored at ${first} too`)
    seen.set(key, seq)
  }
  for (const { client, userId, entries } of histories) {
    for (const entry of entries) {
      if (entry.what !== 'acked' || entry.conversationId !== conversationId) continue
      const stored = bySeq.get(entry.seq)
      if (stored?.id !== entry.messageId) {
        report('lost', entry.seq, `${entry.clientId} was acknowledged and is not stored there`, client)
      } else if (seen.get(`${userId} ${entry.clientId}`) !== entry.seq) {
        report('doubled', entry.seq, `${entry.clientId} was acknowledged here and is stored elsewhere`, client)
      }
    }
  }
  for (const [rev, change] of places) {
    if (rev > last) report('lost', rev, `${describeChange(change)} was told, and the conversation ends at ${last}`)
    else if (change.kind === 'said' && bySeq.get(rev)?.id !== change.messageId) {
      report('lost', rev, `${describeChange(change)} was told and is not stored there`)
    }
  }
  for (const problem of foldChanges(messages, places)) report('other state', problem.rev, problem.says)
  return found
}

/** One who keeps account of it all by itself, and shows the result. */
function checkView({ conversationId, messages }: Truth, view: View): Violation[] {
  const found: Violation[] = []
  const report = (rule: Rule, rev: number | null, says: string) =>
    found.push({ rule, conversationId, client: view.client, rev, says })
  const first = view.messages[0]?.seq ?? Number.POSITIVE_INFINITY
  const shown = view.messages.map(brief)
  const stored = messages.filter(({ seq }) => seq >= first).map(brief)
  if (shown.join('\n') !== stored.join('\n')) {
    const at = shown.findIndex((line, index) => line !== stored[index])
    const place = at === -1 ? shown.length : at
    const says = `shows ${shown[place] ?? 'nothing'} where ${stored[place] ?? 'nothing'} is stored`
    report('other state', messages.find((message) => brief(message) === stored[place])?.seq ?? null, says)
  }
  for (const id of repeated(view.heard)) report('doubled', null, `heard of ${id} twice`)
  const mine = new Set(messages.filter(({ userId }) => userId === view.userId).map(({ clientId }) => clientId))
  for (const id of view.sent) if (!mine.has(id)) report('lost', null, `shows ${id} as sent, which is not stored`)
  const sent = new Set(view.sent)
  for (const id of view.asked) if (!sent.has(id)) report('lost', null, `does not show ${id} as sent`)
  return found
}

const brief = ({ seq, id, text, deleted }: View['messages'][number]): string =>
  `${seq} ${id} ${deleted ? '(deleted)' : JSON.stringify(text)}`

const repeated = (items: readonly string[]): readonly string[] =>
  items.filter((item, index) => items.indexOf(item) !== index)
