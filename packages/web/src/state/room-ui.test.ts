import { describe, expect, it } from 'vitest'
import { createRoomUi } from './room-ui.ts'

describe('createRoomUi', () => {
  it('counts as unread what arrives while the end is out of view or the page is hidden', () => {
    const ui = createRoomUi()
    ui.change({ type: 'arrived', messageId: 'seen' })
    ui.look({ isAtEnd: false })
    ui.change({ type: 'arrived', messageId: 'a' })
    ui.look({ isPageVisible: false })
    ui.look({ isAtEnd: true })
    ui.change({ type: 'arrived', messageId: 'b' })
    expect(ui.getState().unread).toEqual({ count: 2, firstId: 'a', isWatching: false })
    ui.look({ isPageVisible: true })
    expect(ui.getState().unread).toEqual({ count: 0, firstId: 'a', isWatching: true })
  })

  it('tells nobody when nothing changed', () => {
    const ui = createRoomUi()
    let calls = 0
    ui.subscribe(() => {
      calls += 1
    })
    ui.look({ isAtEnd: true })
    ui.change({ type: 'arrived', messageId: 'seen' })
    expect(calls).toBe(0)
  })
})
