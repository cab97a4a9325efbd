/** Whether nothing has the focus: what had it is gone, and somebody has not taken it elsewhere since. */
export const isFocusFree = (): boolean => document.activeElement === document.body

/** For `onCloseAutoFocus`, which comes a moment after something has closed: leaves the focus to whoever writes by then. */
export function leaveFocus(event: Event): void {
  if (!isFocusFree()) event.preventDefault()
}
