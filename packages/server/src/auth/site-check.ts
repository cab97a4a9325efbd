import { createHash } from 'node:crypto'
import type { Clock } from '@parley/core'

const TIMEOUT_MS = 2_000
/** How long an answer of the site holds. */
const ACCEPTED_MS = 30_000
const REFUSED_MS = 5_000
/** How long a site that could not be reached is left alone. */
const REST_MS = 5_000
const MAX_KEPT = 10_000

export interface SiteCheckOptions {
  readonly url: string
  readonly clock: Pick<Clock, 'now'>
  /** Told when the site stops answering, and when it answers again. */
  readonly report: (isReachable: boolean, detail: string) => void
}

/** Asks the site beside which this server runs whether a token still is good there. */
export interface SiteCheck {
  /** True also while the site can not be asked: then the token's own signature must do. Never rejects. */
  accepts(token: string): Promise<boolean>
}

type Answer = 'accepted' | 'refused' | 'unreachable'

/**
 * `GET` with `Authorization: Bearer`, as for a page of the user's own; a site that answers 404, 405 or 501 to that
 * is asked by `POST` with `{"token"}` from then on. Good is 2xx (unless its JSON says `valid: false` or `active:
 * false`), refused are 401 and 403, all else is a site that can not be asked: after one such answer nobody waits
 * for it, and one token in five seconds finds out in the background whether it is back.
 */
export function createSiteCheck({ url, clock, report }: SiteCheckOptions): SiteCheck {
  const kept = new Map<string, { readonly isAccepted: boolean; readonly until: number }>()
  const asking = new Map<string, Promise<boolean>>()
  let method: 'GET' | 'POST' = 'GET'
  let isReachable = true
  let retryAt = 0

  function keep(key: string, isAccepted: boolean): void {
    const oldest = kept.size < MAX_KEPT ? undefined : kept.keys().next().value
    if (oldest !== undefined) kept.delete(oldest)
    kept.set(key, { isAccepted, until: clock.now() + (isAccepted ? ACCEPTED_MS : REFUSED_MS) })
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
    let detail = ''
    const answer = await ask(token).catch((error: unknown): Answer => {
      detail = error instanceof Error ? error.message : String(error)
      return 'unreachable'
    })
    asking.delete(key)
    const answers = answer !== 'unreachable'
    if (answers !== isReachable) report(answers, detail)
    isReachable = answers
    if (!answers) {
      retryAt = clock.now() + REST_MS
      return true
    }
    keep(key, answer === 'accepted')
    return answer === 'accepted'
  }

  return {
    async accepts(token) {
      const key = createHash('sha256').update(token).digest('base64')
      const known = kept.get(key)
      if (known !== undefined && known.until > clock.now()) return known.isAccepted
      if (!isReachable && clock.now() < retryAt) return true
      const wasReachable = isReachable
      if (!wasReachable) retryAt = clock.now() + REST_MS
      const answer = asking.get(key) ?? learn(key, token)
      asking.set(key, answer)
      return wasReachable ? answer : true
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
