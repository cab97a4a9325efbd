import type { TimelineItem, TimelineMessage, TimelineNotice } from '@parley/client'

const GROUP_MS = 5 * 60_000

interface RowPlace {
  readonly key: string
  /** Set on the first row of a day: any moment of that day, in Unix ms. */
  readonly day: number | null
  /** The "new messages" line stands above this row. */
  readonly isFirstUnread: boolean
}

export interface MessageRow extends RowPlace {
  readonly kind: 'message'
  readonly item: TimelineMessage
  /** First and last of what one person wrote in one go: name above, picture beside the last. */
  readonly startsGroup: boolean
  readonly endsGroup: boolean
  /** What it answers, as far as it is loaded. */
  readonly original: TimelineMessage | null
}

/** Notices that stand together: comings and goings without words between them are one line. */
export interface NoticeRow extends RowPlace {
  readonly kind: 'notices'
  readonly items: readonly TimelineNotice[]
}

export type Row = MessageRow | NoticeRow

export interface RowOptions {
  readonly firstUnreadId: string | null
  /** There is more before the timeline, not loaded yet. */
  readonly hasOlder: boolean
}

const momentOf = (item: TimelineItem): number => (item.kind === 'message' ? item.message.createdAt : item.at)
const isComingOrGoing = ({ notice }: TimelineNotice): boolean => notice.type === 'joined' || notice.type === 'left'

/** Whether a moment lies in the day that was asked about last, without making a date for each of 10,000 messages. */
function createDays() {
  let start = 0
  let end = 0
  return (at: number): boolean => {
    if (at >= start && at < end) return false
    start = new Date(at).setHours(0, 0, 0, 0)
    const next = new Date(start)
    end = next.setDate(next.getDate() + 1)
    return true
  }
}

/**
 * Makes the rows of a conversation from its timeline. A row that says the same as the last time is the same
 * object, so that a memoised component skips it: build one per conversation and keep it.
 *
 * While there are older messages, the first row is held back: what stands before it decides whether it begins a day
 * or a group. So no row that is shown grows or shrinks when older ones come in above it.
 */
export function createRowBuilder(): (timeline: readonly TimelineItem[], options: RowOptions) => readonly Row[] {
  let known = new Map<string, Row>()

  return (timeline, { firstUnreadId, hasOlder }) => {
    const rows: Row[] = []
    const next = new Map<string, Row>()
    const byId = new Map<string, TimelineMessage>()
    const startsDay = createDays()
    let previous: TimelineItem | null = null

    const push = (row: Row) => {
      const before = known.get(row.key)
      const kept = before !== undefined && isSameRow(before, row) ? before : row
      next.set(row.key, kept)
      rows.push(kept)
    }

    for (let index = 0; index < timeline.length; index += 1) {
      const item = timeline[index]
      if (item === undefined) break
      const day = startsDay(momentOf(item)) ? momentOf(item) : null
      if (item.kind === 'notice') {
        const items = [item]
        while (isComingOrGoing(item)) {
          const following = timeline[index + 1]
          if (following?.kind !== 'notice' || !isComingOrGoing(following)) break
          items.push(following)
          index += 1
        }
        push({ kind: 'notices', key: item.key, day, isFirstUnread: false, items })
        previous = items.at(-1) ?? item
        continue
      }
      byId.set(item.message.id, item)
      const isFirstUnread = item.message.id === firstUnreadId
      const { replyToId } = item.message
      push({
        kind: 'message',
        key: item.key,
        day,
        isFirstUnread,
        item,
        startsGroup: day !== null || isFirstUnread || !isContinued(previous, item),
        endsGroup: endsGroup(item, timeline[index + 1], firstUnreadId),
        original: replyToId === undefined ? null : (byId.get(replyToId) ?? null),
      })
      previous = item
    }
    known = next
    return hasOlder && rows.length > 1 ? rows.slice(1) : rows
  }
}

function isContinued(previous: TimelineItem | null | undefined, item: TimelineMessage): boolean {
  return (
    previous?.kind === 'message' &&
    previous.message.senderId === item.message.senderId &&
    item.message.createdAt - previous.message.createdAt < GROUP_MS
  )
}

function endsGroup(item: TimelineMessage, next: TimelineItem | undefined, firstUnreadId: string | null): boolean {
  if (next?.kind !== 'message' || next.message.id === firstUnreadId || !isContinued(item, next)) return true
  return new Date(item.message.createdAt).getDate() !== new Date(next.message.createdAt).getDate()
}

function isSameRow(a: Row, b: Row): boolean {
  if (a.day !== b.day || a.isFirstUnread !== b.isFirstUnread) return false
  if (a.kind === 'message' && b.kind === 'message') {
    return (
      a.item === b.item && a.startsGroup === b.startsGroup && a.endsGroup === b.endsGroup && a.original === b.original
    )
  }
  return (
    a.kind === 'notices' &&
    b.kind === 'notices' &&
    a.items.length === b.items.length &&
    a.items.every((item, index) => item === b.items[index])
  )
}

/**
 * How many rows were put in front since the last time, for a list that keeps its place. 0 when the old first row
 * is gone: that is another list.
 */
export function rowsInFront(before: readonly Row[], now: readonly Row[]): number {
  const first = before[0]
  if (first === undefined || first.key === now[0]?.key) return 0
  return Math.max(
    0,
    now.findIndex((row) => row.key === first.key),
  )
}

export interface ComingsAndGoings {
  readonly joined: readonly string[]
  readonly left: readonly string[]
  readonly removed: readonly string[]
}

/** Who came, went and was removed in a line of notices, each person once, by what happened to them last. */
export function comingsAndGoings(items: readonly TimelineNotice[]): ComingsAndGoings {
  const last = new Map<string, { readonly name: string; readonly how: keyof ComingsAndGoings }>()
  for (const { notice } of items) {
    if (notice.type !== 'joined' && notice.type !== 'left') continue
    const how = notice.type === 'joined' ? 'joined' : notice.reason === 'kicked' ? 'removed' : 'left'
    last.delete(notice.userId)
    last.set(notice.userId, { name: notice.name, how })
  }
  const named = (how: keyof ComingsAndGoings) =>
    [...last.values()].filter((one) => one.how === how).map(({ name }) => name)
  return { joined: named('joined'), left: named('left'), removed: named('removed') }
}
