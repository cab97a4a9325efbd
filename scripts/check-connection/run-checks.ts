import { checkAddress } from './check-address.ts'
import { checkHealth } from './check-health.ts'
import { checkCors, checkPoll, checkRest } from './check-rest.ts'
import { checkRoomsWire, checkSocketio } from './check-sockets.ts'
import type { CheckResult } from './result.ts'
import type { Target } from './target.ts'

/**
 * Tries everything that a client may use, in the order in which one thing needs another, and reports each
 * as soon as it is known. What cannot work any more is told as skipped.
 */
export async function runChecks(given: Target, report: (result: CheckResult) => void): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  const note = (...found: readonly CheckResult[]): void => {
    for (const result of found) {
      results.push(result)
      report(result)
    }
  }
  const address = await checkAddress(given)
  note(...address)
  if (address.some(({ outcome }) => outcome === 'fails')) return results

  const health = await checkHealth(given)
  note(...health.results)
  const { result, isTokenRefused } = await checkRest(given, health.serverNowMs)
  note(result)
  // It would be refused everywhere, and each time counts against the address: the ways are tried without it.
  const target = isTokenRefused ? given.withoutToken() : given
  note(await checkPoll(target, isTokenRefused))
  if (target.origin !== null) note(await checkCors(target))
  for (const wire of ['messenger', 'site'] as const) {
    for (const transport of ['websocket', 'polling'] as const) {
      note(await checkSocketio(target, wire, transport, isTokenRefused))
    }
  }
  note(await checkRoomsWire(target))
  return results
}
