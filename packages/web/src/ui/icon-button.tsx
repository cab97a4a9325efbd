import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** What it does, for screen readers. Put a `Tooltip` around it where the picture alone does not say. */
  readonly label: string
  readonly icon: ReactNode
  /** `solid` where it floats over content. */
  readonly variant?: 'quiet' | 'solid' | 'primary' | 'danger'
  /** `m`: 44 px. `s`: looks like 32 px, with a 44 px target. */
  readonly size?: 's' | 'm'
  /** For toggles: sets `aria-pressed` and the pressed look. */
  readonly pressed?: boolean
}

const variants = {
  quiet:
    'text-ink-2 hover:bg-surface-3 hover:text-ink-1 aria-pressed:bg-accent-soft aria-pressed:text-accent-ink aria-expanded:bg-surface-3',
  solid: 'border border-line bg-surface-2 text-ink-1 hover:bg-surface-3',
  primary: 'accent-fill shadow-accent hover:brightness-105',
  danger: 'text-danger hover:bg-danger-soft',
} as const

const sizes = {
  s: 'size-8 rounded-s after:absolute after:-inset-1.5',
  m: 'size-11 rounded-s',
} as const

/** A button that is only a picture; it always has a name. */
export function IconButton({
  label,
  icon,
  variant = 'quiet',
  size = 'm',
  pressed,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      aria-pressed={pressed}
      className={classNames(
        'relative inline-flex shrink-0 items-center justify-center transition-[background-color,color,filter,transform,opacity] duration-150 ease-out',
        'active:scale-[0.96] disabled:pointer-events-none disabled:opacity-40',
        variants[variant],
        sizes[size],
        className,
      )}
    >
      <span aria-hidden="true" className="inline-flex">
        {icon}
      </span>
    </button>
  )
}
