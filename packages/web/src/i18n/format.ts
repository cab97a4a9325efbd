import { formatLocale } from './locale.ts'

const cache = new Map<string, Intl.DateTimeFormat>()

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const tag = formatLocale()
  const key = `${tag} ${JSON.stringify(options)}`
  const format = cache.get(key) ?? new Intl.DateTimeFormat(tag, options)
  cache.set(key, format)
  return format
}

/** `14:05` or `2:05 PM`, as the region writes it. `at` in Unix ms. */
export const formatTime = (at: number): string => dateFormat({ timeStyle: 'short' }).format(at)

/** `Friday, 21 November`. `at` in Unix ms. */
export const formatDay = (at: number): string =>
  dateFormat({ weekday: 'long', day: 'numeric', month: 'long' }).format(at)

/** Date and time in full, for tooltips and exports. `at` in Unix ms. */
export const formatDateTime = (at: number): string => dateFormat({ dateStyle: 'long', timeStyle: 'short' }).format(at)

export const formatNumber = (value: number): string => new Intl.NumberFormat(formatLocale()).format(value)

/** `4:05` or `1:04:05`: what is left, for a clock that ticks. Never below zero. */
export function formatCountdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const parts = [...(hours > 0 ? [hours] : []), minutes, seconds % 60]
  return parts.map((part, index) => clockPart(part, index === 0 ? 1 : 2)).join(':')
}

const clockPart = (value: number, minimumIntegerDigits: number): string =>
  new Intl.NumberFormat(formatLocale(), { minimumIntegerDigits, useGrouping: false }).format(value)

/** `25 minutes`, `2 hours`, `45 seconds`: how long to wait, in words; rounded up. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.ceil(durationMs / 1000))
  if (seconds < 60) return formatUnit(seconds, 'second')
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 120 && minutes % 60 !== 0) return formatUnit(minutes, 'minute')
  if (minutes % 60 === 0) return formatUnit(minutes / 60, 'hour')
  return `${formatUnit(Math.floor(minutes / 60), 'hour')} ${formatUnit(minutes % 60, 'minute')}`
}

function formatUnit(value: number, unit: 'second' | 'minute' | 'hour'): string {
  const options = { style: 'unit', unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(formatLocale(), options).format(value)
}
