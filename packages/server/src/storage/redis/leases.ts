/** Leases that nobody renews nor sweeps, because no node is left, are forgotten after so long: far longer than any lasts. */
export const LEASES_KEPT_MS = 86_400_000
