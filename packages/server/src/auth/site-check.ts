import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Clock, Millis } from '@parley/core'

const TIMEOUT_MS = 2_000
/** How long somebody waits for a site that let others wait for nothing. */
const PATIENCE_MS = 300
const MAX_KEPT = 10_000

export interface SiteCheckOptions {
  readonly url: string
  readonly clock: Pick<Clock, 'now'>
  /** Told when the site stops answering, and when it answers again. */
  readonly report: (isReachable: boolean, detail: string) => void
}

/** Asks the site beside which this server runs whether a token still is good there. */
export interface SiteCheck {
  /**
   * By an answer that is at most `maxAgeMs` old; 0 asks anew, though who asks the same at the same time shares the
   * answer. True also while the site can not be asked: then the token's own signature must do. Never rejects.
   */
  accepts(token: string, maxAgeMs: number): Promise<boolean>
}

type Answer = 'accepted' | 'refused' | 'unreachable'

/**
 * Asks by `GET` with `Authorization: Bearer`, as for a page of the user's own. A site that answers 404, 405 or 501 to
 * that is asked by `POST` with `{"token"}` from then on.
 *
 * - 2xx: the token is good, unless the JSON says `valid: false` or `active: false`.
 * - 401 and 403: it is refused.
 * - All else: the site can not be asked. One that fails at once is asked of each token all the same, so that its first
 *   good answer counts. One that lets people wait for nothing is asked of one token at a time, whose bearer waits a
 *   moment; all others are let in by their signature.
 */
export function createSiteCheck({ url, clock, report }: SiteCheckOptions): SiteCheck {
  const kept = new Map<string, { readonly isAccepted: boolean; readonly at: Millis }>()
  const asking = new Map<string, Promise<boolean>>()
  let method: 'GET' | 'POST' = 'GET'
  let isReachable = true
  let isSlow = false

  function keep(key: string, isAccepted: boolean): void {
    kept.delete(key)
    const oldest = kept.size < MAX_KEPT ? undefined : kept.keys().next().value
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(key, { isAccepted, at: clock.now() })
  }

  async function ask(token: string): Promise<Answer> {
    const answer = await request(url, method, token)
    if (method === 'GET' && [404, 405, 501].includes(answer.status)) {
      const posted = await request(url, 'POST', token)
      if (meaningOf(posted) === 'unreachable') return 'unreachable'
      method = 'POST'
      return meaningOf(posted)
    }
    return meaningOf(answer)
  }

  async function learn(key: string, token: string): Promise<boolean> {
    let failure: unknown = null
    const answer = await ask(token).catch((error: unknown): Answer => {
      failure = error
      return 'unreachable'
    })
    asking.delete(key)
    isSlow = failure instanceof DOMException && failure.name === 'TimeoutError'
    const answers = answer !== 'unreachable'
    if (answers !== isReachable) report(answers, failure instanceof Error ? failure.message : '')
    isReachable = answers
    keep(key, answer !== 'refused')
    return answer !== 'refused'
  }

  return {
    async accepts(token, maxAgeMs) {
      const key = createHash('sha256').update(token).digest('base64')
      const known = kept.get(key)
      if (known !== undefined && clock.now() - known.at < maxAgeMs) return known.isAccepted
      const isTried = asking.size > 0 && !asking.has(key)
      if (isSlow && isTried) return true
      const answer = asking.get(key) ?? learn(key, token)
      asking.set(key, answer)
      return isSlow ? Promise.race([answer, setTimeout(PATIENCE_MS, true, { ref: false })]) : answer
    },
  }
}

async function request(
  url: string,
  method: 'GET' | 'POST',
  token: string,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' }
  const sent = method === 'GET' ? { headers } : { headers: { ...headers, 'Content-Type': 'application/json' } }
  const answer = await fetch(url, {
    method,
    ...sent,
    ...(method === 'POST' && { body: JSON.stringify({ token }) }),
    // The token is for this address alone.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const text = await answer.text()
  return { status: answer.status, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function meaningOf({ status, body }: { readonly status: number; readonly body: unknown }): Answer {
  if (status === 401 || status === 403) return 'refused'
  if (status < 200 || status > 299) return 'unreachable'
  const { valid, active } = (body ?? {}) as { readonly valid?: unknown; readonly active?: unknown }
  return valid === false || active === false ? 'refused' : 'accepted'
}
