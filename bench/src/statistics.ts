/** The value below which `share` (0–1) of the values lie; NaN without values. `values` need not be sorted. */
export function quantile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) return Number.NaN
  return below + (above - below) * (position - Math.floor(position))
}

/** A figure over several rounds: its median, and the least and the greatest round. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** NaN throughout without values. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), min: quantile(values, 0), max: quantile(values, 1) }
}
