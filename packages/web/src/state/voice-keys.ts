import type { KeyPress } from './room-keys.ts'

/** What a key asks for while one is in voice. */
export type VoiceKeyAction = 'mute' | 'camera' | 'screen' | 'deafen' | 'hand' | 'layout'

const VOICE_KEYS = new Map<string, VoiceKeyAction>([
  ['m', 'mute'],
  ['v', 'camera'],
  ['s', 'screen'],
  ['d', 'deafen'],
  ['h', 'hand'],
  ['l', 'layout'],
])

/** By what the key writes; `null` with Ctrl, Alt or Meta: those are the browser's. */
export const voiceKeyAction = ({ key, ctrlKey, metaKey, altKey }: KeyPress): VoiceKeyAction | null =>
  ctrlKey || metaKey || altKey ? null : (VOICE_KEYS.get(key.toLowerCase()) ?? null)

const NAMES = new Map([
  ['Space', '␣'],
  ['Backquote', '`'],
  ['Minus', '-'],
  ['Equal', '='],
])

/** A key as people know it, from its `KeyboardEvent.code`; the space bar has a name of its own in each language. */
export const keyName = (code: string): string =>
  NAMES.get(code) ?? code.replace(/^(Key|Digit)/, '').replace(/([a-z])([A-Z])/g, '$1 $2')

/** Keys that can't be held to talk: they move the focus, close things, or are pressed with others. */
const RESERVED = /^(Tab|Escape|Enter|NumpadEnter|Shift|Control|Alt|Meta|OS|Arrow|Page|Home|End|F\d)/

export const canBeTalkKey = (code: string): boolean => code !== '' && !RESERVED.test(code)
