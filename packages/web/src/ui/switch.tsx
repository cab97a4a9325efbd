import { type ReactNode, useId } from 'react'

export interface SwitchProps {
  readonly label: ReactNode
  /** What it means, under the label. */
  readonly hint?: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
}

/** On or off, at once. The whole row is the target. */
export function Switch({ label, hint, checked, onChange, disabled }: SwitchProps) {
  const id = useId()
  return (
    <label htmlFor={id} className="flex min-h-11 items-center gap-4">
      <span className="min-w-0 flex-1">
        <span id={`${id}-label`} className="block font-medium text-sm">
          {label}
        </span>
        {hint && (
          <span id={`${id}-hint`} className="block text-ink-3 text-xs">
            {hint}
          </span>
        )}
      </span>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={checked}
        // The row holds the hint too, which is the description and not part of the name.
        aria-labelledby={`${id}-label`}
        aria-describedby={hint ? `${id}-hint` : undefined}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        className="relative h-7 w-12 shrink-0 appearance-none rounded-full border border-line-strong bg-surface-3 transition-colors duration-150 before:absolute before:inset-y-0 before:start-0.75 before:my-auto before:size-5 before:rounded-full before:bg-ink-3 before:transition-transform before:duration-150 before:ease-out checked:border-accent checked:bg-accent checked:before:translate-x-5 checked:before:bg-surface-2 disabled:opacity-50 forced-colors:appearance-auto forced-colors:before:hidden rtl:checked:before:-translate-x-5"
      />
    </label>
  )
}
