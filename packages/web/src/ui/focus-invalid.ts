import { flushSync } from 'react-dom'

/** Shows what is wrong by `change`, and puts the focus on the first field of which that is: it is read out with its error. */
export function focusInvalid(form: HTMLElement | null, change: () => void): void {
  flushSync(change)
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
