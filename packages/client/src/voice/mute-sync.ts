import { type Clock, createTimer } from '../clock.ts'

export interface MuteSyncOptions {
  readonly clock: Clock
  /** Whether we are muted and deafened, as we have it. */
  readonly own: () => { readonly muted: boolean; readonly deafened: boolean }
  readonly send: (state: { readonly muted: boolean; readonly deafened: boolean }) => Promise<unknown>
  /** Somebody else muted us. */
  readonly onMuted: () => void
}

/** A state that was on its way when ours was answered is past by then. */
const SETTLE_MS = 500

/** Keeps our mute and the server's the same. A word of ours that is still under way is newer than what the server says. */
export function createMuteSync({ clock, own, send, onMuted }: MuteSyncOptions) {
  const settle = createTimer(clock)
  let underWay = 0
  let theirs: boolean | null = null

  function compare(): void {
    if (underWay === 0 && !settle.isSet && theirs === true && !own().muted) onMuted()
  }

  return {
    /** Tells the server what we are now. */
    tell(): void {
      underWay += 1
      send(own())
        .catch(() => undefined)
        .finally(() => {
          underWay -= 1
          settle.set(SETTLE_MS, compare)
        })
    },
    /** The server has us so; `null`: it does not have us. */
    hear(muted: boolean | null): void {
      theirs = muted
      compare()
    },
    stop(): void {
      settle.clear()
      theirs = null
    },
  }
}
