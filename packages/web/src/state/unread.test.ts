import { describe, expect, it } from 'vitest'
import { NOTHING_UNREAD, nextUnread, type Unread, type UnreadChange } from './unread.ts'

const after = (...changes: UnreadChange[]): Unread => changes.reduce(nextUnread, NOTHING_UNREAD)
const arrived = (messageId: string) => ({ type: 'arrived', messageId }) as const
const away = { type: 'watching', isWatching: false } as const
const back = { type: 'watching', isWatching: true } as const

describe('nextUnread', () => {
  it('counts nothing that is seen as it arrives', () => {
    expect(after(arrived('a'))).toBe(NOTHING_UNREAD)
  })

  it('counts what arrives unseen and marks the first', () => {
    expect(after(away, arrived('a'), arrived('b'))).toEqual({ count: 2, firstId: 'a', isWatching: false })
  })

  it('forgets the count and keeps the line when the person comes back', () => {
    expect(after(away, arrived('a'), back)).toEqual({ count: 0, firstId: 'a', isWatching: true })
  })

  it('moves the line with the next message that arrives unseen', () => {
    expect(after(away, arrived('a'), back, away, arrived('b'))).toMatchObject({ count: 1, firstId: 'b' })
  })

  it('takes the line away when the person answers', () => {
    expect(after(away, arrived('a'), back, { type: 'answered' })).toEqual(NOTHING_UNREAD)
  })
})
