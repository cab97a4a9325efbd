const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
] as const

/** A length of time in its largest unit: `3 minutes`. */
export function formatSpan(ms: number): string {
  for (const [size, unit] of UNITS) {
    if (ms >= size) return plural(Math.floor(ms / size), unit)
  }
  return plural(Math.max(0, Math.round(ms / 1000)), 'second')
}

const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`
