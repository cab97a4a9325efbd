import { useId } from 'react'
import { useAdminText } from './admin-words.ts'

export interface LoadChartProps {
  readonly name: string
  /** Oldest first; `null` where there was nothing to measure. */
  readonly values: readonly (number | null)[]
  readonly format: (value: number) => string
  /** What goes wrong when it grows. */
  readonly isTrouble?: boolean
}

const WIDTH = 240
const HEIGHT = 56
/** Two minutes in steps of five seconds: a history that is shorter keeps to the end. */
const MIN_STEPS = 24

/** How one thing went: what it is now, its course, and the most that it was. */
export function LoadChart({ name, values, format, isTrouble = false }: LoadChartProps) {
  const say = useAdminText()
  const gradient = useId()
  const known = values.filter((value) => value !== null)
  const latest = values.at(-1) ?? null
  const most = Math.max(0, ...known)
  const now = latest === null ? say('none') : format(latest)
  const colour = isTrouble && (latest ?? 0) > 0 ? 'text-danger' : isTrouble ? 'text-ink-3' : 'text-accent'
  const path = pathOf(values, most)
  return (
    <figure className="flex min-w-0 flex-col rounded-m border border-line bg-surface-2 p-4">
      <figcaption className="text-ink-2 text-xs">{name}</figcaption>
      <p className="tabular mt-0.5 font-semibold text-lg">{now}</p>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={say('chartWords', { name, now, most: format(most) })}
        className={`mt-2 h-14 w-full rtl:-scale-x-100 ${colour}`}
      >
        <defs>
          <linearGradient id={gradient} x1="0" y1="0" x2="0" y2="1">
            <stop offset="0" stopColor="currentColor" stopOpacity="0.28" />
            <stop offset="1" stopColor="currentColor" stopOpacity="0.02" />
          </linearGradient>
        </defs>
        <line x1="0" x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--line)" />
        {path !== null && (
          <>
            <path d={`${path.line} V ${HEIGHT} H ${path.from} Z`} fill={`url(#${gradient})`} />
            <path d={path.line} fill="none" stroke="currentColor" strokeWidth="2" vectorEffect="non-scaling-stroke" />
          </>
        )}
      </svg>
      <p className="tabular mt-1.5 text-ink-3 text-xs">{say('chartMost', { most: format(most) })}</p>
    </figure>
  )
}

/** The course as a path; what was not measured lies at nothing. `null` for fewer than two points. */
function pathOf(
  values: readonly (number | null)[],
  most: number,
): { readonly line: string; readonly from: number } | null {
  if (values.length < 2) return null
  const step = WIDTH / (Math.max(MIN_STEPS, values.length) - 1)
  const from = WIDTH - (values.length - 1) * step
  const points = values.map((value, at) => {
    const height = most === 0 ? 0 : ((value ?? 0) / most) * (HEIGHT - 4)
    return `${round(from + at * step)} ${round(HEIGHT - 1 - height)}`
  })
  return { line: `M ${points.join(' L ')}`, from: round(from) }
}

const round = (value: number): number => Math.round(value * 10) / 10
