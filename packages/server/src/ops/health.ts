import type { ServiceState } from './supervisor/supervise.ts'

/** Another program that this server stands on, as health and metrics tell of it. */
export interface Service {
  readonly name: string
  state(): ServiceState
  /** How often it came back after it had ended by itself; 0 for one that somebody else runs. */
  restarts(): number
}

/** How a `Service` does, for other processes of this machine. */
export interface ServiceReport {
  readonly name: string
  readonly state: ServiceState
  readonly restarts: number
}

export const reportOf = ({ name, state, restarts }: Service): ServiceReport => ({
  name,
  state: state(),
  restarts: restarts(),
})

/** One thing that the server needs, and how to find out whether it works. */
export interface HealthCheck {
  readonly name: string
  /** When it does not work the server does less, and goes on taking work. */
  readonly isOptional?: true
  /** Rejects, or takes too long, when it does not. */
  check(): Promise<unknown>
}

const CHECK_TIMEOUT_MS = 2000

interface CheckResult {
  readonly name: string
  readonly works: boolean
  readonly isOptional: boolean
  /** How long it took to know. */
  readonly seconds: number
}

/** Tries all of them at once; takes two seconds at most. */
export function runChecks(checks: readonly HealthCheck[]): Promise<CheckResult[]> {
  return Promise.all(
    checks.map(async ({ name, check, isOptional = false }) => {
      const startedAt = performance.now()
      const isWell = (await answerOf(check)) !== null
      return { name, works: isWell, isOptional, seconds: (performance.now() - startedAt) / 1000 }
    }),
  )
}

/** The names of those that do not work now. */
export async function failingChecks(checks: readonly HealthCheck[]): Promise<string[]> {
  return (await runChecks(checks)).filter((result) => !result.works).map(({ name }) => name)
}

/** What `ask` resolves with; `null` when it rejects, or takes too long. */
export async function answerOf<T>(ask: () => Promise<T>): Promise<{ readonly value: T } | null> {
  const { promise: tooLate, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(resolve, CHECK_TIMEOUT_MS, null)
  try {
    return await Promise.race([ask().then((value) => ({ value })), tooLate])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
