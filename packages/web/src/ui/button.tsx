import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Spinner } from './spinner.tsx'

export type ButtonVariant =
  /** The one thing to do here: accent. At most one on a screen. */
  | 'primary'
  /** Other things to do. */
  | 'secondary'
  /** Calm until needed: no frame. */
  | 'quiet'
  /** What can't be taken back. */
  | 'danger'
export type ButtonSize = 's' | 'm' | 'l'

const base =
  'relative inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap text-center font-semibold ' +
  'transition-[background-color,border-color,box-shadow,transform,filter,opacity] duration-150 ease-out ' +
  'active:scale-[0.98] disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-60'

const variants: Readonly<Record<ButtonVariant, string>> = {
  primary: 'forced-colors:border accent-fill shadow-accent hover:brightness-[1.04] hover:saturate-[1.08]',
  secondary: 'border border-line-strong/60 bg-surface-2 text-ink-1 hover:border-line-strong hover:bg-surface-3',
  quiet: 'text-ink-2 hover:bg-surface-3 hover:text-ink-1',
  danger: 'forced-colors:border bg-danger text-on-danger hover:brightness-110',
}

/** `s` looks small and still has a 44 px target: the padding of its hit area reaches beyond its box. */
const sizes: Readonly<Record<ButtonSize, string>> = {
  s: 'h-9 rounded-s px-3 text-sm after:absolute after:-inset-1',
  m: 'h-11 rounded-s px-4 text-sm',
  l: 'h-13 rounded-m px-6 text-base',
}

/** The classes of a button, for links that look like one. */
export const buttonClass = (variant: ButtonVariant = 'secondary', size: ButtonSize = 'm'): string =>
  classNames(base, variants[variant], sizes[size])

export interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: ButtonVariant
  readonly size?: ButtonSize
  /** Before the words; hidden from screen readers. */
  readonly icon?: ReactNode
  /** Shows a spinner and ignores presses; the button stays focusable, so that focus is not lost. */
  readonly busy?: boolean
}

/** A button. `type` is `button` unless said otherwise. */
export function Button({
  variant,
  size,
  icon,
  busy = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
      className={classNames(buttonClass(variant, size), className)}
    >
      {busy ? <Spinner /> : icon && <span aria-hidden="true">{icon}</span>}
      {children}
    </button>
  )
}
