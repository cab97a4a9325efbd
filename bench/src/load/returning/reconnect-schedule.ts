import { backOffMs } from '@parley/client/back-off'

/** When a client tries to come back. */
export interface ReconnectSchedule {
  /** How long to wait after so many attempts that failed since the line was last good, the loss of the line being the first; `random` is 0 ≤ x < 1. */
  delayMs(failures: number, random: number): number
  /** An attempt that takes longer has failed. */
  readonly attemptMs: number
  /** A line that held for so long was good: failures are forgotten. */
  readonly stableMs: number
}

/** As Parley's SDK does it, by its own function. */
export const sdkSchedule: ReconnectSchedule = { delayMs: backOffMs, attemptMs: 12_000, stableMs: 5000 }

const SOCKET_IO = { reconnectionDelayMs: 1000, reconnectionDelayMaxMs: 5000, randomizationFactor: 0.5 }

/** As socket.io-client does it when nothing is set: 1 s, doubled up to 5 s, each more or less by up to half of it. */
export const socketIoSchedule: ReconnectSchedule = {
  delayMs(failures, random) {
    const { reconnectionDelayMs, reconnectionDelayMaxMs, randomizationFactor } = SOCKET_IO
    const delayMs = reconnectionDelayMs * 2 ** failures
    return Math.min(reconnectionDelayMaxMs, delayMs * (1 + randomizationFactor * (2 * random - 1)))
  },
  attemptMs: 20_000,
  stableMs: 0,
}
