import { type ReactNode, useId } from 'react'

export interface RangeFieldProps {
  readonly label: string
  /** Keeps the label for screen readers only. */
  readonly hideLabel?: boolean
  readonly icon?: ReactNode
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** The value as it is said and shown. */
  readonly words: string
  readonly onChange: (value: number) => void
}

/** A value on a line, by the browser's own slider. */
export function RangeField({ label, hideLabel = false, icon, words, onChange, ...range }: RangeFieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-0.5">
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'font-medium text-sm'}>
        {label}
      </label>
      <div className="flex min-h-11 items-center gap-3">
        {icon && (
          <span aria-hidden="true" className="inline-flex text-ink-3">
            {icon}
          </span>
        )}
        <input
          id={id}
          type="range"
          {...range}
          aria-valuetext={words}
          onChange={(event) => onChange(event.target.valueAsNumber)}
          className="range h-11 min-w-0 flex-1"
        />
        <span aria-hidden="true" className="tabular w-12 text-end text-ink-2 text-xs">
          {words}
        </span>
      </div>
    </div>
  )
}
