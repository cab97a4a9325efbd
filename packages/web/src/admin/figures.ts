import { formatLocale } from '../i18n/locale.ts'

const number = (options: Intl.NumberFormatOptions): Intl.NumberFormat => new Intl.NumberFormat(formatLocale(), options)

/** `12`, `1,234`, `12.5K`. */
export const formatCount = (value: number): string =>
  number(
    value < 10_000 ? { maximumFractionDigits: value < 10 ? 1 : 0 } : { notation: 'compact', maximumFractionDigits: 1 },
  ).format(value)

/** `0.4 ms`, `12 ms`, `1.5 s`. */
export function formatMs(ms: number): string {
  const [value, unit] = ms < 1000 ? ([ms, 'millisecond'] as const) : ([ms / 1000, 'second'] as const)
  return number({ style: 'unit', unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}

/** `312 MB`, `1.4 GB`. */
export function formatBytes(bytes: number): string {
  const steps = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const step = Math.min(3, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return number({ style: 'unit', unit: steps[step], maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}

export const formatPercent = (part: number): string => number({ style: 'percent' }).format(part)

/** `8 sec`, `25 min`, `3 hr`, `12 days`: for how long, in its largest unit. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(0, ms / 1000)
  const [value, unit] =
    seconds < 60
      ? ([seconds, 'second'] as const)
      : seconds < 3600
        ? ([seconds / 60, 'minute'] as const)
        : seconds < 172_800
          ? ([seconds / 3600, 'hour'] as const)
          : ([seconds / 86_400, 'day'] as const)
  return number({ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }).format(Math.floor(value))
}
