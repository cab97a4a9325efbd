import { explainAnswer } from './explain-answer.ts'
import { explainError } from './explain-error.ts'
import { formatSpan } from './format-span.ts'
import { type HttpAnswer, httpRequest } from './http-request.ts'
import type { CheckResult } from './result.ts'
import type { Target } from './target.ts'

/** The clocks may differ so much before tokens suffer. The header counts whole seconds. */
const MAX_SKEW_MS = 5000

export interface HealthFindings {
  readonly results: readonly CheckResult[]
  /** By the server's clock, when it told. */
  readonly serverNowMs: number
}

/** Whether it is Parley that answers, how it is, and whether its clock is right. */
export async function checkHealth(target: Target): Promise<HealthFindings> {
  const check = { id: 'health', name: 'Health' } as const
  let answer: HttpAnswer
  try {
    answer = await httpRequest(target.at('health'), { headers: target.headers() })
  } catch (error) {
    const { why, advice } = explainError(error, target.base.host)
    return { results: [{ ...check, outcome: 'fails', found: why, advice }], serverNowMs: Date.now() }
  }
  const { connectMs, roundTripMs } = answer
  const health = readHealth(answer)
  if (health === null) {
    const { why, advice } = explainAnswer(answer, 'http', target.origin)
    return {
      results: [{ ...check, outcome: 'fails', found: why, advice, connectMs, roundTripMs }],
      serverNowMs: Date.now(),
    }
  }
  const skewMs = health.timestamp - Date.now()
  return {
    results: [
      health.failing.length === 0
        ? { ...check, outcome: 'works', found: `Parley is well; storage: ${health.storage}`, connectMs, roundTripMs }
        : {
            ...check,
            outcome: 'fails',
            found: `Parley is up, but these are down: ${health.failing.join(', ')}.`,
            advice: 'Look at the server’s log. It recovers by itself as soon as they are back.',
            connectMs,
            roundTripMs,
          },
      judgeClock(skewMs),
    ],
    serverNowMs: health.timestamp,
  }
}

function judgeClock(skewMs: number): CheckResult {
  const check = { id: 'clock', name: 'Clock' } as const
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return { ...check, outcome: 'works', found: 'both clocks agree' }
  return {
    ...check,
    outcome: 'warns',
    found: `the server’s clock is ${formatSpan(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine’s`,
    advice: 'Set both by NTP: tokens end too early or too late otherwise.',
  }
}

interface Health {
  readonly storage: string
  readonly failing: readonly string[]
  /** Unix ms. */
  readonly timestamp: number
}

function readHealth({ status, body, headers }: HttpAnswer): Health | null {
  if (status !== 200 && status !== 503) return null
  try {
    const { storage, failing = [], timestamp }: Record<string, unknown> = JSON.parse(body)
    if (typeof storage !== 'string' || !Array.isArray(failing)) return null
    return {
      storage,
      failing: failing.map(String),
      timestamp: typeof timestamp === 'number' ? timestamp : Date.parse(headers.date ?? ''),
    }
  } catch {
    return null
  }
}
