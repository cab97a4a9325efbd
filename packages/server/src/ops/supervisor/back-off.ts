const FIRST_MS = 200
const MOST_MS = 30_000

/**
 * How long to wait before the attempt after `failures` in a row: twice as long each time, up to half a minute,
 * and a part of that by chance (`random` in 0–1), so that what fell together does not get up together.
 */
export function backOffMs(failures: number, random: number): number {
  const longest = Math.min(MOST_MS, FIRST_MS * 2 ** Math.max(failures - 1, 0))
  return Math.round(longest * (0.5 + random / 2))
}
