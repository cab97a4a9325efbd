import { type ComponentProps, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import { controlClass, describedBy, FieldFrame, type FieldProps } from './field.tsx'

export interface TextFieldProps
  extends FieldProps,
    Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'id' | 'size' | 'className'> {
  readonly value: string
  readonly onChange: (value: string) => void
  /** A control inside the field, at its end, such as an `IconButton`. */
  readonly trailing?: ReactNode
  readonly inputClassName?: string
}

/** One line of text with its label; an error is shown under it and read out with it. */
export function TextField(props: TextFieldProps) {
  const { label, note, hint, error, value, onChange, trailing, inputClassName, ...input } = props
  const id = useId()
  return (
    <FieldFrame id={id} label={label} note={note} hint={hint} error={error}>
      <div className="relative">
        <input
          {...input}
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, { hint, error })}
          className={classNames(controlClass, 'h-12 px-3.5', trailing !== undefined && 'pe-13', inputClassName)}
        />
        {trailing !== undefined && <div className="absolute inset-y-0 end-0.5 flex items-center">{trailing}</div>}
      </div>
    </FieldFrame>
  )
}
