/** What a key asks for anywhere in the room. */
export type RoomKeyAction = 'write' | 'latest' | 'people' | 'help'

/** What a key asks for on the message that has the focus. */
export type MessageKeyAction =
  | 'previous'
  | 'next'
  | 'first'
  | 'latest'
  | 'reply'
  | 'edit'
  | 'react'
  | 'copy'
  | 'delete'
  | 'open'
  | 'leave'

export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

const ROOM_KEYS = new Map<string, RoomKeyAction>([
  ['/', 'write'],
  ['c', 'write'],
  ['End', 'latest'],
  ['p', 'people'],
  ['?', 'help'],
])

const MESSAGE_KEYS = new Map<string, MessageKeyAction>([
  ['ArrowUp', 'previous'],
  ['ArrowDown', 'next'],
  ['Home', 'first'],
  ['End', 'latest'],
  ['r', 'reply'],
  ['e', 'edit'],
  ['+', 'react'],
  ['y', 'copy'],
  ['Delete', 'delete'],
  ['Enter', 'open'],
  ['Escape', 'leave'],
])

const actionOf = <A>(keys: ReadonlyMap<string, A>, { key, ctrlKey, metaKey, altKey }: KeyPress): A | null =>
  ctrlKey || metaKey || altKey ? null : (keys.get(key) ?? keys.get(key.toLowerCase()) ?? null)

/**
 * Whether a key writes a character. Speech input presses such keys, one for each letter it takes for text: WCAG 2.1.4
 * asks that they can be turned off wherever they act without the focus on what they act on.
 */
export const isCharacterKey = (key: string): boolean => [...key].length === 1

/** Without `characterKeys` only keys that write nothing ask for something. */
export const roomKeyAction = (press: KeyPress, characterKeys: boolean): RoomKeyAction | null =>
  characterKeys || !isCharacterKey(press.key) ? actionOf(ROOM_KEYS, press) : null
export const messageKeyAction = (press: KeyPress): MessageKeyAction | null => actionOf(MESSAGE_KEYS, press)

/** Whether keys belong to the element itself: somebody writes there, or it has keys of its own. */
export function takesKeys(element: Element | null): boolean {
  return (
    element !== null &&
    element.closest('input, textarea, select, [contenteditable], [role="menu"], [role="dialog"], [role="grid"]') !==
      null
  )
}
