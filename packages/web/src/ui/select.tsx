import { ChevronDown } from 'lucide-react'
import { useId } from 'react'
import { classNames } from './class-names.ts'
import { controlClass, describedBy, FieldFrame, type FieldProps } from './field.tsx'

export interface SelectProps<T extends string> extends FieldProps {
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly disabled?: boolean
}

/** One of several, by the device's own picker. */
export function Select<T extends string>({ value, onChange, options, disabled, ...field }: SelectProps<T>) {
  const id = useId()
  return (
    <FieldFrame id={id} {...field}>
      <div className="relative">
        <select
          id={id}
          value={value}
          disabled={disabled}
          aria-describedby={describedBy(id, field)}
          onChange={(event) => {
            const option = options.find((candidate) => candidate.value === event.target.value)
            if (option) onChange(option.value)
          }}
          className={classNames(controlClass, 'h-12 appearance-none ps-3.5 pe-10')}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} className="bg-surface-2 text-ink-1">
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden="true"
          className="pointer-events-none absolute inset-y-0 end-3.5 my-auto size-4.5 text-ink-3"
        />
      </div>
    </FieldFrame>
  )
}
