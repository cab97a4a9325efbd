const FIRST_MAX_MS = 500
const BASE_MS = 1000
const CAP_MS = 20_000

/**
 * How long to wait after `failures` failed attempts in a row, in ms: almost nothing the first time, then
 * doubling from 1 s to at most 20 s, between half and all of it by chance so that clients do not come at once.
 * `random` is 0 ≤ x < 1.
 */
export function backOffMs(failures: number, random: number): number {
  if (failures <= 0) return Math.round(random * FIRST_MAX_MS)
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1))
  return Math.round(ceiling * (0.5 + random / 2))
}

/** The same after a refusal, which may itself say how long to wait at least. */
export function askAgainAfterMs(
  { retryAfterMs }: { readonly retryAfterMs?: number | undefined },
  failures: number,
  random: number,
): number {
  return Math.max(retryAfterMs ?? 0, backOffMs(failures, random))
}
