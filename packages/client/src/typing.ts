import { type Clock, createTimer, type Timer } from './clock.ts'

/** Told to the server at most so often, and taken back after so long without a keystroke. */
const SEND_EVERY_MS = 3000
const STOP_AFTER_MS = 4000
/** Somebody of whom nothing is heard for so long has stopped. */
const EXPIRE_MS = 6000

/** Our own typing, as told to the server. */
export interface TypingSender {
  /** Call on every keystroke with true. */
  set(isTyping: boolean): void
  /** The server knows by itself that we stopped: a message was sent, or the line broke. */
  forget(): void
}

export function createTypingSender(clock: Clock, tell: (isTyping: boolean) => void): TypingSender {
  const stop = createTimer(clock)
  let toldAt: number | null = null

  const forget = (): void => {
    stop.clear()
    toldAt = null
  }
  const end = (): void => {
    if (toldAt !== null) tell(false)
    forget()
  }
  return {
    set(isTyping) {
      if (!isTyping) {
        end()
        return
      }
      stop.set(STOP_AFTER_MS, end)
      const now = clock.now()
      if (toldAt !== null && now - toldAt < SEND_EVERY_MS) return
      toldAt = now
      tell(true)
    },
    forget,
  }
}

interface Typist {
  readonly userId: string
  readonly name: string
}

/** Others who are typing. */
export interface Typists {
  /** In the order they began; the same array until it changes. */
  list(): readonly Typist[]
  started(typist: Typist): void
  stopped(userId: string): void
  clear(): void
}

export function createTypists(clock: Clock, onChange: () => void): Typists {
  const timers = new Map<string, Timer>()
  let list: readonly Typist[] = []

  function stopped(userId: string): void {
    timers.get(userId)?.clear()
    if (!timers.delete(userId)) return
    list = list.filter((typist) => typist.userId !== userId)
    onChange()
  }

  return {
    list: () => list,
    started({ userId, name }) {
      let timer = timers.get(userId)
      if (timer === undefined) {
        timer = createTimer(clock)
        timers.set(userId, timer)
        list = [...list, { userId, name }]
        onChange()
      }
      timer.set(EXPIRE_MS, () => stopped(userId))
    },
    stopped,
    clear() {
      for (const userId of [...timers.keys()]) stopped(userId)
    },
  }
}
