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
    expect(roomKeyAction(press(key), true)).toBe(action)
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
    expect(roomKeyAction(press('c', { ctrlKey: true }), true)).toBeNull()
    expect(messageKeyAction(press('r', { metaKey: true }))).toBeNull()
  })

  it.each(['/', 'c', 'C', 'p', '?'])('%s does nothing in the room when single keys are off', (key) => {
    expect(roomKeyAction(press(key), false)).toBeNull()
  })

  it('keeps keys that write nothing when single keys are off', () => {
    expect(roomKeyAction(press('End'), false)).toBe('latest')
  })

  it('takes no key from the prototype', () => {
    expect(roomKeyAction(press('constructor'), true)).toBeNull()
  })
})
