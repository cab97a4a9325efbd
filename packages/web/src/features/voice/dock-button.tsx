import type { ComponentProps, ReactNode } from 'react'
import { classNames } from '../../ui/class-names.ts'

export interface DockButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** What it does, in full: its name for screen readers and who speaks to their device. It begins with the short word. */
  readonly label: string
  /** Under the picture. */
  readonly short: string
  readonly icon: ReactNode
  /** `off`: something of ours does not go out. `live`: it does, and others should know that we know. */
  readonly look?: 'plain' | 'off' | 'live' | 'leave'
  /** For toggles. */
  readonly pressed?: boolean
  /** Behind the picture, such as a level. */
  readonly behind?: ReactNode
}

const looks = {
  plain: 'bg-surface-3 text-ink-1 group-hover:bg-line',
  off: 'forced-colors:border-2 forced-colors:border-dashed bg-danger-soft text-danger ring-1 ring-danger/50 ring-inset group-hover:ring-danger',
  live: 'forced-colors:border-2 bg-accent-soft text-accent-ink ring-1 ring-accent ring-inset group-hover:brightness-105',
  leave: 'bg-danger text-on-danger group-hover:brightness-110',
} as const

/** One control of the call: a picture with a word under it, large enough for a thumb. */
export function DockButton({
  label,
  short,
  icon,
  look = 'plain',
  pressed,
  behind,
  className,
  ...rest
}: DockButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      aria-pressed={pressed}
      className={classNames(
        'group relative flex min-w-0 flex-1 touch-manipulation select-none flex-col items-center gap-1 rounded-m pt-1 pb-0.5 outline-offset-0 transition-[transform,opacity] duration-150 ease-out active:scale-[0.96] disabled:pointer-events-none disabled:opacity-40 @2xl:min-w-17',
        className,
      )}
    >
      <span
        aria-hidden="true"
        className={classNames(
          'relative isolate inline-flex h-10 w-13 max-w-full items-center justify-center overflow-hidden rounded-[14px] transition-[background-color,color,box-shadow] duration-150',
          looks[look],
        )}
      >
        {behind}
        {icon}
      </span>
      <span aria-hidden="true" className="max-w-full truncate text-ink-2 text-xs leading-4">
        {short}
      </span>
    </button>
  )
}
