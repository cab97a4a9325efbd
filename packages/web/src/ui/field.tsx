import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

export interface FieldProps {
  readonly label: ReactNode
  /** Behind the label, quieter: such as "optional". */
  readonly note?: ReactNode
  readonly hint?: ReactNode
  /** What is wrong and how to put it right. */
  readonly error?: ReactNode
}

interface FieldFrameProps extends FieldProps {
  readonly id: string
  readonly children: ReactNode
}

const hintId = (id: string): string => `${id}-hint`
export const errorId = (id: string): string => `${id}-error`

/** The id for `aria-describedby`: the error while there is one, else the hint. */
export const describedBy = (id: string, { hint, error }: Pick<FieldProps, 'hint' | 'error'>): string | undefined =>
  error ? errorId(id) : hint ? hintId(id) : undefined

/** The look of a box that takes input. */
export const controlClass =
  'w-full min-w-0 rounded-s border border-line-strong bg-surface-2 text-base text-ink-1 transition-[border-color,box-shadow] duration-150 ' +
  'hover:border-ink-3 focus-visible:border-focus focus-visible:outline-offset-0 aria-invalid:border-danger disabled:opacity-50'

/** Label above, control, then hint or error: the frame of every field. */
export function FieldFrame({ id, label, note, hint, error, children }: FieldFrameProps) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
        {/* The space is part of the field's name, which would be read out as one word without it. */}
        {note && <span className="ms-0.5 font-normal text-ink-3"> {note}</span>}
      </label>
      {children}
      {hint && !error && (
        <p id={hintId(id)} className="text-ink-3 text-xs">
          {hint}
        </p>
      )}
      {error && <FieldError id={id}>{error}</FieldError>}
    </div>
  )
}

/** The words of an error under the field `id`; said at once, as the field may have had the focus before. */
export function FieldError({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  return (
    <p id={errorId(id)} role="alert" className="flex items-start gap-1.5 text-danger text-sm">
      <CircleAlert aria-hidden="true" className="mt-0.75 size-4 shrink-0" />
      {children}
    </p>
  )
}
