import { useMemo, useRef } from 'react'
import { isFocusFree } from './leave-focus.ts'

/** Where the dialog that is open gives the focus back to. */
let givenBackTo: HTMLElement | null = null

/**
 * Where the focus was: for a menu, which goes away, the button that opened it; for a dialog that another one takes the
 * place of, where that one has it from.
 */
function focusedBefore(): HTMLElement | null {
  const focused = document.activeElement
  if (focused === document.body) return givenBackTo
  const menu = focused?.closest('[role="menu"]')
  const opener = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : focused
  return opener instanceof HTMLElement ? opener : null
}

/**
 * Where the focus goes when a dialog opens and closes. With a mouse the field marked `data-autofocus` has it at
 * once; otherwise the dialog itself: a keyboard that jumps up would hide what a phone's screen has to say.
 * Afterwards it goes back to where it was, unless somebody has taken it elsewhere while the dialog faded out.
 */
export function useDialogFocus(): {
  onOpenAutoFocus: (event: Event) => void
  onCloseAutoFocus: (event: Event) => void
} {
  const before = useRef<HTMLElement>(null)
  return useMemo(
    () => ({
      onOpenAutoFocus(event) {
        event.preventDefault()
        givenBackTo = before.current = focusedBefore()
        const { currentTarget: content } = event
        if (!(content instanceof HTMLElement)) return
        const marked = content.querySelector<HTMLElement>('[data-autofocus]')
        const first = matchMedia('(pointer: fine)').matches ? marked : null
        ;(first ?? content).focus({ preventScroll: true })
      },
      onCloseAutoFocus(event) {
        event.preventDefault()
        givenBackTo = null
        if (isFocusFree()) before.current?.focus({ preventScroll: true })
      },
    }),
    [],
  )
}
