import type { ServiceState } from './supervisor/supervise.ts'

/** Another program that this server stands on, as health and metrics tell of it. */
export interface Service {
  readonly name: string
  state(): ServiceState
  /** How often it came back after it had ended by itself; 0 for one that somebody else runs. */
  restarts(): number
}

/** One thing that the server needs, and how to find out whether it works. */
export interface HealthCheck {
  readonly name: string
  /** Without it the server does less, and goes on taking work. */
  readonly isOptional?: true
  /** Rejects, or takes too long, when it does not. */
  check(): Promise<unknown>
}

const CHECK_TIMEOUT_MS = 2000

/** The names of those that do not work now. */
export async function failingChecks(checks: readonly HealthCheck[]): Promise<string[]> {
  const results = await Promise.all(checks.map(async ({ name, check }) => ((await works(check)) ? null : name)))
  return results.filter((name) => name !== null)
}

async function works(check: () => Promise<unknown>): Promise<boolean> {
  const { promise: tooLate, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(resolve, CHECK_TIMEOUT_MS, false)
  try {
    return await Promise.race([check().then(() => true), tooLate])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
