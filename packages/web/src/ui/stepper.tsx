import { Minus, Plus } from 'lucide-react'
import { useId, useState } from 'react'
import { asciiDigits } from './ascii-digits.ts'
import { classNames } from './class-names.ts'
import { controlClass, describedBy, FieldFrame, type FieldProps } from './field.tsx'
import { IconButton } from './icon-button.tsx'

export interface StepperProps extends FieldProps {
  readonly value: number
  readonly onChange: (value: number) => void
  readonly min: number
  readonly max: number
  readonly decreaseLabel: string
  readonly increaseLabel: string
}

/** A whole number: typed, or one at a time. What is typed is brought into range when the field is left. */
export function Stepper(props: StepperProps) {
  const { value, onChange, min, max, decreaseLabel, increaseLabel, ...field } = props
  const id = useId()
  const [typed, setTyped] = useState<string | null>(null)
  const set = (next: number) => onChange(Math.min(max, Math.max(min, next)))

  return (
    <FieldFrame id={id} {...field}>
      <div className="relative">
        <input
          id={id}
          type="text"
          role="spinbutton"
          inputMode="numeric"
          autoComplete="off"
          aria-valuemin={min}
          aria-valuemax={max}
          aria-valuenow={value}
          aria-invalid={field.error ? true : undefined}
          aria-describedby={describedBy(id, field)}
          value={typed ?? String(value)}
          onChange={(event) => setTyped(asciiDigits(event.target.value).slice(0, String(max).length))}
          onBlur={() => {
            if (typed) set(Number(typed))
            setTyped(null)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && typed) set(Number(typed))
            if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
            event.preventDefault()
            setTyped(null)
            set(value + (event.key === 'ArrowUp' ? 1 : -1))
          }}
          className={classNames(controlClass, 'tabular h-12 px-13 text-center')}
        />
        <div className="absolute inset-y-0 start-0.5 flex items-center">
          <IconButton
            label={decreaseLabel}
            icon={<Minus className="size-4.5" />}
            disabled={value <= min}
            onClick={() => set(value - 1)}
          />
        </div>
        <div className="absolute inset-y-0 end-0.5 flex items-center">
          <IconButton
            label={increaseLabel}
            icon={<Plus className="size-4.5" />}
            disabled={value >= max}
            onClick={() => set(value + 1)}
          />
        </div>
      </div>
    </FieldFrame>
  )
}
