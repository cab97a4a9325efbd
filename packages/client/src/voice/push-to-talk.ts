import type { VoiceHandle } from './voice-types.ts'

export interface PushToTalkOptions {
  readonly voice: Pick<VoiceHandle, 'press'>
  /** Where the key sits, as `KeyboardEvent.code` names it, e.g. `Space`, the default; `null`: no key. */
  readonly key?: string | null
  /** A button to hold, for fingers. */
  readonly element?: HTMLElement | null
}

export interface PushToTalk {
  setKey(key: string | null): void
  /** Lets go and stops listening. */
  close(): void
}

/** Inputs that take no text: a key in them is not typing. */
const NOT_TYPED_IN = new Set(['button', 'checkbox', 'color', 'file', 'image', 'radio', 'range', 'reset', 'submit'])
/** A space on these presses them. */
const PRESSED_BY_SPACE =
  'button, summary, input, [role="button"], [role="checkbox"], [role="switch"], [role="menuitem"], [role="tab"], [role="option"]'

/**
 * Push-to-talk by a key and by a button. A key in a field is typing, with a modifier it is a shortcut, and one that
 * repeats is held still. Whatever hides the release from us (another window, a hidden tab, a lost pointer) releases.
 */
export function createPushToTalk({ voice, key = 'Space', element = null }: PushToTalkOptions): PushToTalk {
  const aborter = new AbortController()
  const { signal } = aborter
  const held = new Set<'key' | 'pointer'>()
  let code = key

  function hold(what: 'key' | 'pointer'): void {
    held.add(what)
    voice.press(true)
  }

  function release(what: 'key' | 'pointer'): void {
    if (held.delete(what) && held.size === 0) voice.press(false)
  }

  function releaseAll(): void {
    release('key')
    release('pointer')
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.code !== code || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return
    if (event.repeat) {
      // A held space scrolls the page all the same.
      if (held.has('key')) event.preventDefault()
      return
    }
    if (event.defaultPrevented || event.isComposing || isMeantForPage(event, element)) return
    event.preventDefault()
    hold('key')
  }

  function onKeyUp(event: KeyboardEvent): void {
    // While a Meta key is down, a Mac tells of no other key's release.
    if (event.code === code || event.key === 'Meta') release('key')
  }

  window.addEventListener('keydown', onKeyDown, { signal })
  window.addEventListener('keyup', onKeyUp, { signal, capture: true })
  window.addEventListener('blur', releaseAll, { signal })
  window.addEventListener('pagehide', releaseAll, { signal })
  document.addEventListener('visibilitychange', () => document.hidden && releaseAll(), { signal })

  if (element !== null) {
    const { touchAction } = element.style
    // A thumb that slides on it would scroll, and the browser takes the pointer away for that.
    element.style.touchAction = 'none'
    signal.addEventListener('abort', () => {
      element.style.touchAction = touchAction
    })
    element.addEventListener(
      'pointerdown',
      (event) => {
        if (event.button !== 0) return
        // The release is ours wherever the finger is by then.
        element.setPointerCapture(event.pointerId)
        hold('pointer')
      },
      { signal },
    )
    for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      element.addEventListener(type, () => release('pointer'), { signal })
    }
    // What a long touch opens would take the release away.
    element.addEventListener('contextmenu', (event) => event.preventDefault(), { signal })
  }

  return {
    setKey(next) {
      release('key')
      code = next
    },
    close() {
      releaseAll()
      aborter.abort()
    },
  }
}

/** The key belongs to what has the focus. */
function isMeantForPage(event: KeyboardEvent, element: HTMLElement | null): boolean {
  const target = event.composedPath()[0]
  if (!(target instanceof HTMLElement) || target === element) return false
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true
  if (target instanceof HTMLInputElement && !NOT_TYPED_IN.has(target.type)) return true
  return (
    event.code === 'Space' && target.closest(PRESSED_BY_SPACE) !== null && target.closest(PRESSED_BY_SPACE) !== element
  )
}
