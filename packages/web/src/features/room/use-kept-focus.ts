import { type RefObject, useEffect } from 'react'
import { isFocusFree } from '../../ui/leave-focus.ts'

/**
 * Gives an element the focus when `when` has become something else and nothing has it: what was pressed went away,
 * and a keyboard would begin again at the top of the page.
 */
export function useKeptFocus(element: RefObject<HTMLElement | null>, when: unknown): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is asked anew with each of them.
  useEffect(() => {
    if (isFocusFree()) element.current?.focus({ preventScroll: true })
  }, [element, when])
}
