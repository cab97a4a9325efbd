/** What a key press in the composer asks for. */
export type ComposerAction = 'send' | 'newline' | 'cancel' | 'edit-last' | 'none'

export interface ComposerKey {
  readonly key: string
  readonly shiftKey: boolean
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  /** An input method is putting a character together: its keys are its own. */
  readonly isComposing: boolean
}

export interface ComposerSituation {
  readonly isEmpty: boolean
  /** Answering or changing a message. */
  readonly hasContext: boolean
  /** On a touch keyboard Enter makes a new line: the button sends. */
  readonly isTouch: boolean
}

/** Enter sends, Shift or Alt with it makes a new line, Ctrl or Cmd with it sends everywhere. */
export function composerAction(
  press: ComposerKey,
  { isEmpty, hasContext, isTouch }: ComposerSituation,
): ComposerAction {
  if (press.isComposing) return 'none'
  const hasCommand = press.ctrlKey || press.metaKey
  switch (press.key) {
    case 'Enter':
      if (hasCommand) return 'send'
      return press.shiftKey || press.altKey || isTouch ? 'newline' : 'send'
    case 'Escape':
      return hasContext ? 'cancel' : 'none'
    case 'ArrowUp':
      return isEmpty && !hasContext && !press.shiftKey && !press.altKey && !hasCommand ? 'edit-last' : 'none'
    default:
      return 'none'
  }
}
