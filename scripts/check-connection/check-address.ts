import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import { connect as connectTls, type PeerCertificate } from 'node:tls'
import { explainError } from './explain-error.ts'
import { formatSpan } from './format-span.ts'
import { timedOut } from './http-request.ts'
import type { CheckResult } from './result.ts'
import type { Target } from './target.ts'

const TIMEOUT_MS = 8000
const DAY_MS = 86_400_000
const RENEW_BEFORE_MS = 14 * DAY_MS

/** Name, port and certificate: what everything else stands on. Ends with the first that fails. */
export async function checkAddress({ base }: Target): Promise<readonly CheckResult[]> {
  const host = base.hostname.replace(/^\[|\]$/g, '')
  const isTls = base.protocol === 'https:'
  const port = Number(base.port || (isTls ? 443 : 80))
  const results: CheckResult[] = []
  const steps = [
    ...(isIP(host) === 0 ? [() => checkName(host)] : []),
    () => checkPort(host, port),
    ...(isTls ? [() => checkCertificate(host, port)] : []),
  ]
  for (const step of steps) {
    const result = await step()
    results.push(result)
    if (result.outcome === 'fails') break
  }
  return results
}

async function checkName(host: string): Promise<CheckResult> {
  const check = { id: 'dns', name: 'Name' } as const
  const startedAt = performance.now()
  try {
    const addresses = await lookup(host, { all: true })
    const found = addresses.map(({ address }) => address).join(', ')
    return { ...check, outcome: 'works', found: `${host} is ${found}`, connectMs: performance.now() - startedAt }
  } catch (error) {
    return failed(check, error, host)
  }
}

async function checkPort(host: string, port: number): Promise<CheckResult> {
  const check = { id: 'port', name: 'Port' } as const
  const startedAt = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host, port, timeout: TIMEOUT_MS }, resolve)
  socket.once('error', reject)
  socket.once('timeout', () => reject(timedOut()))
  try {
    await promise
    return {
      ...check,
      outcome: 'works',
      found: `something listens at ${port}`,
      connectMs: performance.now() - startedAt,
    }
  } catch (error) {
    return failed(check, error, `${host}:${port}`)
  } finally {
    socket.destroy()
  }
}

async function checkCertificate(host: string, port: number): Promise<CheckResult> {
  const check = { id: 'tls', name: 'Certificate' } as const
  const startedAt = performance.now()
  const { promise, resolve, reject } = Promise.withResolvers<PeerCertificate>()
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const socket = connectTls({ host, port, timeout: TIMEOUT_MS, ...servername }, () =>
    resolve(socket.getPeerCertificate()),
  )
  socket.once('error', reject)
  socket.once('timeout', () => reject(timedOut()))
  try {
    const { valid_to, issuer } = await promise
    const leftMs = Date.parse(valid_to) - Date.now()
    const connectMs = performance.now() - startedAt
    const found = `by ${issuer.O ?? issuer.CN}, good for ${formatSpan(leftMs)} more`
    return leftMs < RENEW_BEFORE_MS
      ? { ...check, outcome: 'warns', found, advice: 'Renew it soon.', connectMs }
      : { ...check, outcome: 'works', found, connectMs }
  } catch (error) {
    return failed(check, error, host)
  } finally {
    socket.destroy()
  }
}

function failed(check: Pick<CheckResult, 'id' | 'name'>, error: unknown, host: string): CheckResult {
  const { why, advice } = explainError(error, host)
  return { ...check, outcome: 'fails', found: why, advice }
}
