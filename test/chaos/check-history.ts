import { type Change, describeChange } from './change.ts'
import type { History, Truth } from './history.ts'
import type { Rule, Violation } from './violation.ts'

/** One client's way through one conversation. `places`: what everybody together was told of each place. */
export function checkHistory(
  truth: Truth,
  places: ReadonlyMap<number, Change>,
  { client, userId, entries }: History,
): readonly Violation[] {
  const { conversationId } = truth
  const found: Violation[] = []
  const report = (rule: Rule, rev: number | null, says: string) =>
    found.push({ rule, conversationId, client, rev, says })
  const absences = findAbsences(places, userId)
  const known = new Set<number>()
  const passedOver = new Set<number>()
  const sent = new Set<string>()
  const acked = new Set<number>()
  /** Acknowledged on this connection as new: it is told of these by the answer alone. */
  const answeredHere = new Set<number>()
  /** From where on it must know every place; `null` while it has no part. */
  let from: number | null = null
  /** The last place that this connection told of; `null` while it does not follow. */
  let last: number | null = null
  const mustKnow: [from: number, upTo: number][] = []
  const startAfresh = (at: number | null): void => {
    if (from !== null && last !== null) mustKnow.push([from, last])
    from = at
  }

  for (const entry of entries) {
    if (entry.what === 'connected' || entry.what === 'cut off') {
      last = null
      answeredHere.clear()
      continue
    }
    if (entry.conversationId !== conversationId) continue
    if (entry.what === 'entered') {
      const { since, recovered, missed, rev, epoch } = entry
      if (epoch !== truth.epoch) report('lost', rev, `entered another life of it, ${epoch}`)
      if (since !== null && recovered) {
        const revs = missed.map((change) => change.rev)
        const expected = Array.from({ length: Math.max(0, rev - since.rev) }, (_, index) => since.rev + 1 + index)
        if (revs.join() !== expected.join()) {
          report('hole', since.rev + 1, `was given ${revs.join() || 'nothing'} as all that it missed up to ${rev}`)
        }
        for (const place of revs) known.add(place)
        from ??= since.rev
      } else {
        if (since !== null) report('not recovered', since.rev, `asked for what it missed, and began again at ${rev}`)
        startAfresh(rev)
      }
      last = rev
    } else if (entry.what === 'told') {
      const { rev } = entry.change
      const what = describeChange(entry.change)
      if (last === null) report('leaked', rev, `was told ${what} without following`)
      else if (rev <= last) report(known.has(rev) ? 'doubled' : 'reordered', rev, `was told ${what} after ${last}`)
      else for (let place = last + 1; place < rev; place += 1) passedOver.add(place)
      if (answeredHere.has(rev)) report('doubled', rev, `was told ${what}, its own, of which it had the answer`)
      const absence = absences.find(({ after, until }) => rev > after && rev < until)
      if (absence !== undefined) report('leaked', rev, `was told ${what}, and was no member since ${absence.after}`)
      known.add(rev)
      if (last !== null) last = Math.max(last, rev)
      if (entry.change.kind === 'went' && entry.change.userId === userId) startAfresh(null)
    } else if (entry.what === 'sent') {
      sent.add(entry.clientId)
    } else if (entry.what === 'acked') {
      acked.add(entry.seq)
      if (!entry.duplicate) answeredHere.add(entry.seq)
    } else {
      if (entry.seat) startAfresh(null)
      last = null
    }
  }

  /** The connection that said it is told by the answer alone, which may have been cut off. */
  function isOwn(rev: number): boolean {
    const change = places.get(rev)
    return acked.has(rev) || (change?.userId === userId && change.clientId !== null && sent.has(change.clientId))
  }
  if (from !== null) mustKnow.push([from, truth.rev])
  for (const [after, upTo] of mustKnow) {
    for (let rev = after + 1; rev <= upTo; rev += 1) if (!known.has(rev)) passedOver.add(rev)
  }
  for (const rev of [...passedOver].sort((a, b) => a - b)) {
    if (isOwn(rev)) continue
    const change = places.get(rev)
    const how = known.has(rev) ? 'was passed over live' : 'was never told'
    report('hole', rev, `${how}: ${change ? describeChange(change) : 'what nobody was told'}`)
  }
  return found
}

/** The places between which somebody had no part in the conversation. */
function findAbsences(places: ReadonlyMap<number, Change>, userId: string) {
  const found: { readonly after: number; until: number }[] = []
  for (const rev of [...places.keys()].sort((a, b) => a - b)) {
    const change = places.get(rev)
    if (change?.userId !== userId) continue
    const latest = found.at(-1)
    if (change.kind === 'went') found.push({ after: rev, until: Number.POSITIVE_INFINITY })
    else if (change.kind === 'came' && latest?.until === Number.POSITIVE_INFINITY) latest.until = rev
  }
  return found
}
