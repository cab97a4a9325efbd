import type { Chat } from '@parley/protocol/messenger'
import { asParleyError } from './as-parley-error.ts'
import { askAgainAfterMs } from './back-off.ts'
import type { Carrier } from './carrier.ts'
import { type Clock, createTimer } from './clock.ts'
import { ParleyError } from './parley-error.ts'
import type { JoinView, Replica } from './replica.ts'

export interface MembershipOptions {
  readonly chatId: () => string
  readonly connection: Carrier
  readonly replica: Replica
  readonly clock: Clock
  readonly random: () => number
  /** In; called after every answer, also one that only filled a hole. */
  readonly onJoined: (outcome: 'first' | 'recovered' | 'replaced') => void
  /** In the lobby. */
  readonly onWaiting: (chat: Chat) => void
  /** The line is gone; we come back with the next one. */
  readonly onAway: () => void
  /** Joining is refused for good. */
  readonly onRefused: (error: ParleyError) => void
}

/** Keeps us in the chat while there is a line. */
export interface Membership {
  readonly isIn: boolean
  /** Joins if there is a line; joins again when in, to be told what is missing. */
  join(): void
  /** A hole was noticed: asks for what is missing unless it comes by itself shortly. */
  heal(): void
  /** What we have is not what the server has any more: asks for a fresh view. */
  renew(): void
  /** Resolves when in; rejects with `UNAVAILABLE` after `ms`. */
  whenIn(ms: number): Promise<void>
  stop(): void
}

/** A change that is only late, such as one that our own answer brings, is not asked for. */
const HEAL_AFTER_MS = 250

export function createMembership(options: MembershipOptions): Membership {
  const { connection, replica, clock, random } = options
  const retry = createTimer(clock)
  const healing = createTimer(clock)
  const waiters = new Set<{ readonly resolve: () => void; readonly reject: (error: ParleyError) => void }>()
  let isIn = false
  let isJoining = false
  /** The line changed while we joined: the answer may be of the one before. */
  let mustJoinAgain = false
  let isStopped = false
  let failures = 0
  /** The replay did not reach far enough: ask for a fresh view instead. */
  let wantsFresh = false
  /** What we have can't be put right by changes. */
  let isOutdated = false

  const unlisten = connection.onLine((isUp) => {
    if (isUp) {
      failures = 0
      if (isJoining) mustJoinAgain = true
      else join()
      return
    }
    mustJoinAgain = false
    isIn = false
    retry.clear()
    healing.clear()
    options.onAway()
  })

  function join(): void {
    if (isJoining || isStopped || !connection.isUp) return
    isJoining = true
    retry.clear()
    healing.clear()
    replica.hold()
    const since = wantsFresh || isOutdated ? null : replica.position
    connection.request('chat:join', { chatId: options.chatId(), ...(since !== null && { since }) }).then(
      (answer) => {
        isJoining = false
        if (isStopped) return
        if ('waiting' in answer) waiting(answer.chat)
        else entered(answer)
        joinAgain()
      },
      (error: unknown) => {
        isJoining = false
        if (isStopped) return
        refused(asParleyError(error))
        joinAgain()
      },
    )
  }

  function heal(): void {
    if (isJoining || healing.isSet || retry.isSet) return
    healing.set(HEAL_AFTER_MS, () => {
      if (replica.hasHole || isOutdated) join()
    })
  }

  function joinAgain(): void {
    if (!mustJoinAgain) return
    mustJoinAgain = false
    join()
  }

  function waiting(chat: Chat): void {
    failures = 0
    options.onWaiting(chat)
  }

  function entered(view: JoinView): void {
    const wasOutdated = isOutdated
    isOutdated = false
    const outcome = replica.join(view)
    if (wasOutdated && view.recovered) isOutdated = true
    if (outcome === 'unusable') {
      // At once the first time; a server that goes on like this is not asked without pause.
      if (wantsFresh) refused(new ParleyError('UNAVAILABLE', 'The server’s answer left something out.'))
      wantsFresh = true
      if (!retry.isSet) join()
      return
    }
    wantsFresh = false
    failures = 0
    isIn = true
    if (isOutdated) heal()
    options.onJoined(outcome)
    for (const { resolve } of [...waiters]) resolve()
  }

  function refused(error: ParleyError): void {
    switch (error.code) {
      case 'UNAVAILABLE':
      case 'RATE_LIMITED':
      case 'INTERNAL':
        failures += 1
        // Without a line the next one joins.
        if (connection.isUp) retry.set(askAgainAfterMs(error, failures, random()), join)
        if (isIn) replica.release()
        break
      case 'UNAUTHENTICATED':
      case 'TOKEN_EXPIRED':
        connection.reauthenticate()
        break
      default:
        options.onRefused(error)
    }
  }

  return {
    get isIn() {
      return isIn
    },
    join,
    heal,
    renew() {
      isOutdated = true
      heal()
    },
    whenIn(ms) {
      if (isIn) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const settled = (): void => {
          late.clear()
          waiters.delete(waiter)
        }
        const waiter = {
          resolve: () => {
            settled()
            resolve()
          },
          reject: (error: ParleyError) => {
            settled()
            reject(error)
          },
        }
        const late = createTimer(clock)
        late.set(ms, () => waiter.reject(new ParleyError('UNAVAILABLE', 'There is no connection to the chat.')))
        waiters.add(waiter)
      })
    },
    stop() {
      isStopped = true
      isIn = false
      retry.clear()
      healing.clear()
      unlisten()
      for (const { reject } of [...waiters])
        reject(new ParleyError('NOT_IN_ROOM', 'You are not in this chat any more.'))
    },
  }
}
