import { DomainError } from '../errors.ts'

/** Stores that can be taken away, all at once. */
export function createAwayables() {
  let isAway = false
  return {
    /** The same, which rejects while it is away. */
    awayable: <T extends object>(store: T): T =>
      new Proxy(store, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name)
          if (typeof method !== 'function') return method
          return async (...input: unknown[]) => {
            if (isAway) throw new DomainError('UNAVAILABLE', 'It is away.')
            return method.apply(target, input)
          }
        },
      }),
    setAway(away: boolean) {
      isAway = away
    },
  }
}
