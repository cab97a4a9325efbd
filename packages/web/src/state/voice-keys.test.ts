import { describe, expect, it } from 'vitest'
import { canBeTalkKey, keyName, voiceKeyAction } from './voice-keys.ts'

const press = (key: string, modifiers = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...modifiers })

describe('voiceKeyAction', () => {
  it.each([
    ['m', 'mute'],
    ['M', 'mute'],
    ['v', 'camera'],
    ['d', 'deafen'],
    ['h', 'hand'],
  ])('%s: %s', (key, action) => {
    expect(voiceKeyAction(press(key))).toBe(action)
  })

  it('leaves the browser’s own shortcuts alone', () => {
    expect(voiceKeyAction(press('d', { ctrlKey: true }))).toBeNull()
    expect(voiceKeyAction(press('h', { metaKey: true }))).toBeNull()
    expect(voiceKeyAction(press('x'))).toBeNull()
  })
})

describe('the key to talk with', () => {
  it.each(['Tab', 'Escape', 'Enter', 'ShiftLeft', 'ControlRight', 'ArrowUp', 'F5', 'PageDown', ''])(
    'can’t be %s: it has work of its own',
    (code) => {
      expect(canBeTalkKey(code)).toBe(false)
    },
  )

  it.each([
    ['KeyT', 'T'],
    ['Digit4', '4'],
    ['NumpadAdd', 'Numpad Add'],
    ['Backquote', '`'],
  ])('%s is shown as %s', (code, shown) => {
    expect(canBeTalkKey(code)).toBe(true)
    expect(keyName(code)).toBe(shown)
  })
})
