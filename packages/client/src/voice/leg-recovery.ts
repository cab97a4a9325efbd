import { type Clock, createTimer } from '../clock.ts'

export interface LegRecoveryOptions {
  readonly clock: Clock
  /** First step: find another way for the packets (an ICE restart). */
  readonly restart: () => void
  /** Second step: a new connection in place of this one. */
  readonly rebuild: () => void
  /** `isHealthy` changed. */
  readonly onHealth: () => void
}

export interface LegRecovery {
  /** False from the moment that nothing passes until it passes again. */
  readonly isHealthy: boolean
  /** The connection begins: it has to stand before long. Called again for the next one. */
  begin(): void
  state(state: RTCPeerConnectionState): void
  /** The network changed: don't wait and see. */
  hurry(): void
  /** It can't be negotiated: only a new one helps. */
  fail(): void
  stop(): void
}

/** A short gap, as when a phone changes cells, heals by itself. */
const DISCONNECTED_MS = 1500
/** A connection stands long before, unless something is lost or stuck. */
const CONNECT_MS = 4000
const LAST_CONNECT_MS = 16_000
/** Whatever made it fail is over by then. */
const FAILED_MS = 1000

/** Watches one peer connection and mends it in two steps. */
export function createLegRecovery({ clock, restart, rebuild, onHealth }: LegRecoveryOptions): LegRecovery {
  const timer = createTimer(clock)
  let isHealthy = true
  let isConnected = false
  /** In a row, without a connection in between. */
  let rebuilds = 0

  function setHealth(next: boolean): void {
    if (isHealthy === next) return
    isHealthy = next
    onHealth()
  }

  function rebuildUnlessUp(firstMs = CONNECT_MS): void {
    timer.set(Math.min(firstMs * 2 ** rebuilds, LAST_CONNECT_MS), () => {
      rebuilds += 1
      setHealth(false)
      rebuild()
    })
  }

  function restartNow(): void {
    setHealth(false)
    rebuildUnlessUp()
    restart()
  }

  return {
    get isHealthy() {
      return isHealthy
    },
    begin() {
      isConnected = false
      rebuildUnlessUp()
    },
    state(state) {
      if (state === 'connected') {
        isConnected = true
        rebuilds = 0
        timer.clear()
        setHealth(true)
      } else if (state === 'disconnected') {
        isConnected = false
        timer.set(DISCONNECTED_MS, restartNow)
      } else if (state === 'failed') {
        isConnected = false
        restartNow()
      }
    },
    hurry() {
      if (isConnected) restart()
      else if (timer.isSet) restartNow()
    },
    fail() {
      isConnected = false
      setHealth(false)
      rebuildUnlessUp(FAILED_MS)
    },
    stop() {
      timer.clear()
    },
  }
}
