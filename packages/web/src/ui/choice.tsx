import { type ReactNode, useId } from 'react'
import { errorId, FieldError } from './field.tsx'

export interface ChoiceProps<T extends string | number> {
  readonly label: ReactNode
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly error?: ReactNode
}

/** One of a few, all in view: a radio group that looks like one control. */
export function Choice<T extends string | number>({ label, value, onChange, options, error }: ChoiceProps<T>) {
  const name = useId()
  return (
    <fieldset aria-describedby={error ? errorId(name) : undefined} className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-sm">{label}</legend>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(4rem,1fr))] gap-1 rounded-s bg-surface-3 p-1">
        {options.map((option) => (
          <label
            key={option.value}
            className="tabular flex min-h-10 items-center justify-center rounded-[7px] px-1 text-center font-medium text-ink-2 text-sm transition-[background-color,color,box-shadow] duration-150 hover:text-ink-1 has-checked:bg-surface-2 has-checked:text-ink-1 has-checked:shadow-low has-focus-visible:outline-2 has-focus-visible:outline-focus has-checked:ring-1 has-checked:ring-line-strong forced-colors:has-checked:bg-[Highlight] forced-colors:has-checked:text-[HighlightText] forced-colors:has-checked:forced-color-adjust-none"
          >
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="sr-only"
            />
            {option.label}
          </label>
        ))}
      </div>
      {error && <FieldError id={name}>{error}</FieldError>}
    </fieldset>
  )
}
