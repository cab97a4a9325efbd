import type { TimelineItem, TimelineMessage, TimelineNotice } from '@parley/client'
import { describe, expect, it } from 'vitest'
import { comingsAndGoings, createRowBuilder, type Row, rowsInFront } from './timeline-rows.ts'

const NOON = new Date(2026, 10, 20, 12).getTime()
const MINUTE = 60_000

const message = (id: string, senderId: string, at: number, replyToId?: string): TimelineMessage => ({
  kind: 'message',
  key: id,
  own: false,
  status: 'sent',
  message: {
    id,
    chatId: 'room',
    seq: 1,
    rev: 1,
    senderId,
    senderName: senderId,
    encryptedContent: id,
    messageType: 'text',
    createdAt: at,
    reactions: {},
    ...(replyToId !== undefined && { replyToId }),
  },
})

const joined = (key: string, userId: string, at = NOON): TimelineNotice => ({
  kind: 'notice',
  key,
  at,
  notice: { type: 'joined', userId, name: userId },
})
const left = (key: string, userId: string, reason: 'left' | 'kicked' = 'left'): TimelineNotice => ({
  kind: 'notice',
  key,
  at: NOON,
  notice: { type: 'left', userId, name: userId, reason },
})
const locked: TimelineNotice = { kind: 'notice', key: 'lock', at: NOON, notice: { type: 'locked', byName: 'Anna' } }

const build = (timeline: readonly TimelineItem[], firstUnreadId: string | null = null) =>
  createRowBuilder()(timeline, { firstUnreadId, hasOlder: false })
const shape = (rows: readonly Row[]) =>
  rows.map((row) =>
    row.kind === 'message' ? `${row.startsGroup ? '[' : ' '}${row.key}${row.endsGroup ? ']' : ' '}` : row.key,
  )

describe('createRowBuilder', () => {
  it('groups what one person writes within five minutes', () => {
    const rows = build([
      message('a', 'anna', NOON),
      message('b', 'anna', NOON + 4 * MINUTE),
      message('c', 'anna', NOON + 9 * MINUTE),
      message('d', 'bo', NOON + 9 * MINUTE),
    ])
    expect(shape(rows)).toEqual(['[a ', ' b]', '[c]', '[d]'])
  })

  it('ends a group at a notice, at midnight and at the unread line', () => {
    const midnight = new Date(2026, 10, 21).getTime()
    const rows = build(
      [
        message('a', 'anna', NOON),
        locked,
        message('b', 'anna', NOON + 1),
        message('c', 'anna', midnight - MINUTE),
        message('d', 'anna', midnight + MINUTE),
        message('e', 'anna', midnight + MINUTE + 1),
      ],
      'e',
    )
    expect(shape(rows)).toEqual(['[a]', 'lock', '[b]', '[c]', '[d]', '[e]'])
    expect(rows.map((row) => row.day !== null)).toEqual([true, false, false, false, true, false])
    expect(rows.map((row) => row.isFirstUnread)).toEqual([false, false, false, false, false, true])
  })

  it('folds comings and goings in a row into one line, and nothing else', () => {
    const rows = build([joined('1', 'anna'), joined('2', 'bo'), left('3', 'anna'), locked, joined('4', 'cy')])
    expect(rows.map((row) => (row.kind === 'notices' ? row.items.length : 0))).toEqual([3, 1, 1])
  })

  it('finds the original of an answer', () => {
    const original = message('a', 'anna', NOON)
    const rows = build([original, message('b', 'bo', NOON, 'a'), message('c', 'bo', NOON, 'gone')])
    expect(rows.map((row) => row.kind === 'message' && row.original)).toEqual([null, original, null])
  })

  it('gives the same row for the same content, and a new one for what changed', () => {
    const builder = createRowBuilder()
    const [a, b, c] = [message('a', 'anna', NOON), message('b', 'bo', NOON), message('c', 'bo', NOON)]
    const before = builder([a, b], { firstUnreadId: null, hasOlder: false })
    const after = builder([a, b, c], { firstUnreadId: null, hasOlder: false })
    expect(after[0]).toBe(before[0])
    expect(after[1]).not.toBe(before[1])
    const edited = { ...a, message: { ...a.message, encryptedContent: 'changed' } }
    expect(builder([edited, b, c], { firstUnreadId: null, hasOlder: false })[0]).not.toBe(after[0])
    expect(builder([edited, b, c], { firstUnreadId: null, hasOlder: false })[1]).toBe(after[1])
  })

  it('shows no row before it is known what stands above it, so that none changes when older ones come in', () => {
    const builder = createRowBuilder()
    const older = [message('a', 'anna', NOON), message('b', 'anna', NOON + 1), joined('c', 'bo'), joined('d', 'cy')]
    const newer = [message('e', 'cy', NOON + 2), message('f', 'cy', NOON + 3)]
    for (const held of [2, 3, 4]) {
      const shown = builder([...older.slice(held), ...newer], { firstUnreadId: null, hasOlder: true })
      const all = builder([...older, ...newer], { firstUnreadId: null, hasOlder: false })
      expect(shown.length).toBeGreaterThan(0)
      expect(all.slice(-shown.length).every((row, index) => row === shown[index])).toBe(true)
    }
    const only = message('e', 'cy', NOON + 2)
    expect(shape(builder([only], { firstUnreadId: null, hasOlder: true }))).toEqual(['[e]'])
  })

  it('builds 10,000 rows anew fast enough to do it for each message', () => {
    const timeline = Array.from({ length: 10_000 }, (_, index) =>
      message(`${index}`, `${index % 7}`, NOON + index * MINUTE),
    )
    const builder = createRowBuilder()
    const first = builder(timeline, { firstUnreadId: null, hasOlder: false })
    const second = builder([...timeline, message('new', 'anna', NOON + 1e9)], { firstUnreadId: null, hasOlder: false })
    expect(second).toHaveLength(10_001)
    expect(second.slice(0, 9_999).every((row, index) => row === first[index])).toBe(true)
  })
})

describe('rowsInFront', () => {
  it('counts what was put before the old first row', () => {
    const old = build([message('c', 'a', NOON)])
    expect(rowsInFront(old, build([message('a', 'a', NOON), message('b', 'a', NOON), message('c', 'a', NOON)]))).toBe(2)
    expect(rowsInFront(old, build([message('c', 'a', NOON), message('d', 'a', NOON)]))).toBe(0)
  })

  it('is 0 for another list', () => {
    expect(rowsInFront(build([message('c', 'a', NOON)]), build([message('x', 'a', NOON)]))).toBe(0)
    expect(rowsInFront([], build([message('x', 'a', NOON)]))).toBe(0)
  })
})

describe('comingsAndGoings', () => {
  it('names each person once, by what happened last', () => {
    expect(
      comingsAndGoings([joined('1', 'anna'), joined('2', 'bo'), left('3', 'anna'), left('4', 'cy', 'kicked')]),
    ).toEqual({ joined: ['bo'], left: ['anna'], removed: ['cy'] })
  })
})
