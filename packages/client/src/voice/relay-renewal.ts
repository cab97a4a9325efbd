import { type Clock, createTimer } from '../clock.ts'
import type { VoiceJoined } from './voice-wire.ts'

export type IceServers = Pick<VoiceJoined, 'iceServers' | 'iceTtl'>

export interface RelayRenewalOptions {
  readonly clock: Clock
  /** Rejects when there is no answer. */
  readonly ask: () => Promise<IceServers>
  readonly use: (iceServers: readonly RTCIceServer[]) => void
}

/** Sees to it that a relay still lets us in when a new way is needed in the second hour of a call. */
export interface RelayRenewal {
  /** These were given to us now. */
  given(servers: IceServers): void
  stop(): void
}

/** New credentials are asked for after this share of the time that the old ones are good for. */
const ASK_AFTER = 0.75
const RETRY_MS = 10_000
/** Timers of browsers go no further than 24 days. */
const LONGEST_MS = 86_400_000

export function createRelayRenewal({ clock, ask, use }: RelayRenewalOptions): RelayRenewal {
  const timer = createTimer(clock)
  let isStopped = false

  function given({ iceTtl }: IceServers): void {
    if (iceTtl === undefined) timer.clear()
    else timer.set(Math.min(iceTtl * 1000 * ASK_AFTER, LONGEST_MS), renew)
  }

  function renew(): void {
    ask().then(
      (servers) => {
        if (isStopped) return
        use(servers.iceServers)
        given(servers)
      },
      () => {
        if (!isStopped) timer.set(RETRY_MS, renew)
      },
    )
  }

  return {
    given,
    stop() {
      isStopped = true
      timer.clear()
    },
  }
}
