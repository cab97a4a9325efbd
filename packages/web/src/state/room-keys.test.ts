import { describe, expect, it } from 'vitest'
import { messageKeyAction, roomKeyAction } from './room-keys.ts'

const press = (key: string, changes = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...changes })

describe('keys', () => {
  it.each([
    ['/', 'write'],
    ['c', 'write'],
    ['C', 'write'],
    ['End', 'latest'],
    ['p', 'people'],
    ['?', 'help'],
    ['x', null],
  ])('%s in the room', (key, action) => {
    expect(roomKeyAction(press(key))).toBe(action)
  })

  it.each([
    ['ArrowUp', 'previous'],
    ['r', 'reply'],
    ['e', 'edit'],
    ['+', 'react'],
    ['Enter', 'open'],
    ['Escape', 'leave'],
    ['c', null],
  ])('%s on a message', (key, action) => {
    expect(messageKeyAction(press(key))).toBe(action)
  })

  it("leaves the browser's own shortcuts alone", () => {
    expect(roomKeyAction(press('c', { ctrlKey: true }))).toBeNull()
    expect(messageKeyAction(press('r', { metaKey: true }))).toBeNull()
  })

  it('takes no key from the prototype', () => {
    expect(roomKeyAction(press('constructor'))).toBeNull()
  })
})
