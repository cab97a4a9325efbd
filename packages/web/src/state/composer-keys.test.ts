import { describe, expect, it } from 'vitest'
import { type ComposerKey, type ComposerSituation, composerAction } from './composer-keys.ts'

const press = (key: string, changes: Partial<ComposerKey> = {}): ComposerKey => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  isComposing: false,
  ...changes,
})
const situation = (changes: Partial<ComposerSituation> = {}): ComposerSituation => ({
  isEmpty: false,
  hasContext: false,
  isTouch: false,
  ...changes,
})

describe('composerAction', () => {
  it('sends with Enter and makes a line with Shift', () => {
    expect(composerAction(press('Enter'), situation())).toBe('send')
    expect(composerAction(press('Enter', { shiftKey: true }), situation())).toBe('newline')
  })

  it('makes a line with Enter on touch, where the button sends', () => {
    expect(composerAction(press('Enter'), situation({ isTouch: true }))).toBe('newline')
    expect(composerAction(press('Enter', { metaKey: true }), situation({ isTouch: true }))).toBe('send')
  })

  it('leaves the keys of an input method alone', () => {
    expect(composerAction(press('Enter', { isComposing: true }), situation())).toBe('none')
    expect(composerAction(press('Escape', { isComposing: true }), situation({ hasContext: true }))).toBe('none')
  })

  it('edits the last message with arrow-up only when nothing is written', () => {
    expect(composerAction(press('ArrowUp'), situation({ isEmpty: true }))).toBe('edit-last')
    expect(composerAction(press('ArrowUp'), situation())).toBe('none')
    expect(composerAction(press('ArrowUp'), situation({ isEmpty: true, hasContext: true }))).toBe('none')
    expect(composerAction(press('ArrowUp', { shiftKey: true }), situation({ isEmpty: true }))).toBe('none')
  })

  it('gives up an answer or a change with Escape', () => {
    expect(composerAction(press('Escape'), situation({ hasContext: true }))).toBe('cancel')
    expect(composerAction(press('Escape'), situation())).toBe('none')
  })
})
