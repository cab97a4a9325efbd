import { classNames } from './class-names.ts'

export interface SpinnerProps {
  /** Says what is awaited, to screen readers too; without it the spinner is decoration. */
  readonly label?: string
  readonly className?: string
}

/** A quiet ring that turns; under reduced motion it stands still. */
export function Spinner({ label, className }: SpinnerProps) {
  return (
    <span role={label ? 'status' : undefined} className={classNames('inline-flex', className)}>
      <svg viewBox="0 0 20 20" className="size-5 animate-spin" aria-hidden="true">
        <circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" strokeOpacity="0.2" strokeWidth="2.5" />
        <path d="M10 2a8 8 0 0 1 8 8" fill="none" stroke="currentColor" strokeWidth="2.5" strokeLinecap="round" />
      </svg>
      {label && <span className="sr-only">{label}</span>}
    </span>
  )
}
