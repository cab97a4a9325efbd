import { classNames } from '../../ui/class-names.ts'

export interface LevelMeterProps {
  /** 0–1 */
  readonly level: number
  /** Where voice activation opens, 0–1. */
  readonly threshold?: number
  readonly label: string
  /** Whether something is heard, for who can't see the bar. */
  readonly words: string
}

/** How loud the microphone hears, with the mark where it opens. */
export function LevelMeter({ level, threshold, label, words }: LevelMeterProps) {
  const isOpen = threshold === undefined || level >= threshold
  return (
    <div className="relative h-3 overflow-hidden rounded-full bg-surface-3 ring-1 ring-line-strong/40 ring-inset">
      <meter aria-label={label} aria-valuetext={words} min={0} max={1} value={Math.min(1, level)} className="sr-only" />
      <span
        aria-hidden="true"
        className={classNames(
          'call-level absolute inset-0 origin-left rounded-full rtl:origin-right',
          isOpen ? 'accent-fill' : 'bg-line-strong',
        )}
        style={{ transform: `scaleX(${Math.min(1, level).toFixed(3)})` }}
      />
      {threshold !== undefined && (
        <span
          aria-hidden="true"
          className="absolute inset-y-0 w-0.5 bg-ink-1"
          style={{ insetInlineStart: `${Math.round(threshold * 100)}%` }}
        />
      )}
    </div>
  )
}
