import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface BannerProps {
  readonly tone?: 'info' | 'success' | 'warning' | 'danger'
  /** What happened, in a few words. */
  readonly title?: ReactNode
  /** What to do about it. */
  readonly children?: ReactNode
  /** A button at the end. */
  readonly action?: ReactNode
  readonly icon?: ReactNode
  /** `assertive` interrupts a screen reader: for what stops the person from going on. */
  readonly live?: 'polite' | 'assertive' | 'off'
}

const tones = {
  info: { box: 'bg-surface-3', icon: <Info className="size-5" />, ink: 'text-ink-2' },
  success: { box: 'bg-success-soft', icon: <CircleCheck className="size-5" />, ink: 'text-success' },
  warning: { box: 'bg-warning-soft', icon: <TriangleAlert className="size-5" />, ink: 'text-warning' },
  danger: { box: 'bg-danger-soft', icon: <CircleAlert className="size-5" />, ink: 'text-danger' },
} as const

const roles = { polite: 'status', assertive: 'alert', off: undefined } as const

/** Something to know, in place: what happened, then what to do. */
export function Banner({ tone = 'info', title, children, action, icon, live = 'polite' }: BannerProps) {
  const look = tones[tone]
  return (
    <div
      role={roles[live]}
      className={classNames('flex flex-wrap items-start gap-x-3 gap-y-2 rounded-m px-4 py-3 text-sm', look.box)}
    >
      <span aria-hidden="true" className={classNames('mt-px inline-flex', look.ink)}>
        {icon ?? look.icon}
      </span>
      <div className="min-w-48 flex-1">
        {title && <p className="font-semibold text-ink-1">{title}</p>}
        {children && <div className="text-ink-2">{children}</div>}
      </div>
      {action && <div className="flex items-center self-center">{action}</div>}
    </div>
  )
}
