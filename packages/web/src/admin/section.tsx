import { type ReactNode, useId } from 'react'

export interface SectionProps {
  readonly title: string
  readonly note?: ReactNode
  /** At the end of the heading's line. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** One part of the operator's page, with its heading. */
export function Section({ title, note, aside, children }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h2 id={id} className="text-lg">
            {title}
          </h2>
          {note !== undefined && <p className="mt-0.5 max-w-150 text-ink-3 text-sm">{note}</p>}
        </div>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** What lies on the page: a list or a table with its frame. */
export function Card({ children }: { readonly children: ReactNode }) {
  return <div className="overflow-hidden rounded-m border border-line bg-surface-2">{children}</div>
}

/** Said in place of a list that has nothing in it. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="px-5 py-8 text-center text-ink-2 text-sm">{children}</p>
}

/** A small word about something. */
export function Tag({
  tone = 'calm',
  children,
}: {
  readonly tone?: 'calm' | 'good' | 'bad' | 'warm'
  readonly children: ReactNode
}) {
  const tones = {
    calm: 'bg-surface-3 text-ink-2',
    good: 'bg-success-soft text-success',
    bad: 'bg-danger-soft text-danger',
    warm: 'bg-warning-soft text-warning',
  } as const
  return (
    <span
      className={`inline-flex items-center rounded-s px-2 py-0.5 font-medium text-xs forced-colors:border ${tones[tone]}`}
    >
      {children}
    </span>
  )
}
