import { errorCodeOf, explainAnswer, forbiddenOrigin } from './explain-answer.ts'
import { explainError } from './explain-error.ts'
import { describeToken, explainRefusedToken } from './explain-token.ts'
import { type HttpAnswer, httpRequest } from './http-request.ts'
import type { CheckResult } from './result.ts'
import type { Target } from './target.ts'

const TOKEN_REFUSALS = ['UNAUTHENTICATED', 'TOKEN_EXPIRED']
const BRING_A_TOKEN = 'Give one with --token, or in PARLEY_TOKEN.'

export interface RestFindings {
  readonly result: CheckResult
  /** The server itself said that it does not take the token. */
  readonly isTokenRefused: boolean
}

/** Whether REST takes the token. Without one: whether it asks for one. */
export async function checkRest(target: Target, serverNowMs: number): Promise<RestFindings> {
  const check = { id: 'rest', name: 'REST and token' } as const
  let isTokenRefused = false
  const result = await request(check, target, 'api/conversations?limit=1', (answer) => {
    const code = errorCodeOf(answer)
    const { token } = target
    if (token !== null && answer.status === 200) {
      return { outcome: 'works', found: `the token ${describeToken(token, serverNowMs)}` }
    }
    if (token !== null && code === 'FORBIDDEN' && target.origin === null) {
      return { outcome: 'works', found: 'a guest’s token: good for its room, not for conversations of the site' }
    }
    if (token !== null && TOKEN_REFUSALS.includes(code ?? '')) {
      isTokenRefused = true
      const { why, advice } = explainRefusedToken(token, serverNowMs)
      return { outcome: 'fails', found: why, advice }
    }
    if (token === null && TOKEN_REFUSALS.includes(code ?? '')) {
      return { outcome: 'works', found: 'REST answers, and asks for a token', advice: BRING_A_TOKEN }
    }
    return null
  })
  return { result, isTokenRefused }
}

/** The HTTP fallback, which carries the chat where no socket gets through. */
export function checkPoll(target: Target, isTokenRefused: boolean): Promise<CheckResult> {
  const check = { id: 'poll', name: 'HTTP fallback' } as const
  return request(check, target, 'api/messenger/poll?wait=0', (answer) => {
    if (answer.status === 200) return { outcome: 'works', found: 'the poll answers' }
    if (target.token !== null && errorCodeOf(answer) === 'FORBIDDEN' && target.origin === null) {
      return { outcome: 'skipped', found: 'not for guests' }
    }
    if (target.token === null && TOKEN_REFUSALS.includes(errorCodeOf(answer) ?? '')) {
      const found = `the poll is there, and asks for a token${isTokenRefused ? ' that is accepted' : ''}`
      return { outcome: 'works', found }
    }
    return null
  })
}

/** Whether a page of `--origin` may call REST. */
export async function checkCors(target: Target): Promise<CheckResult> {
  const check = { id: 'cors', name: 'CORS' } as const
  const origin = target.origin ?? ''
  try {
    const { headers, connectMs, roundTripMs } = await httpRequest(target.at('api/conversations'), {
      method: 'OPTIONS',
      headers: {
        ...target.headers(),
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization, content-type',
      },
    })
    const allowed = headers['access-control-allow-origin']
    if (origin === target.base.origin || allowed === origin || allowed === '*') {
      return { ...check, outcome: 'works', found: `pages of ${origin} may call REST`, connectMs, roundTripMs }
    }
    const { why, advice } = forbiddenOrigin(origin)
    return { ...check, outcome: 'fails', found: why, advice }
  } catch (error) {
    const { why, advice } = explainError(error, target.base.host)
    return { ...check, outcome: 'fails', found: why, advice }
  }
}

type Verdict = Pick<CheckResult, 'outcome' | 'found' | 'advice'>

/** `judge` gives `null` for what is not special to this call. */
async function request(
  check: Pick<CheckResult, 'id' | 'name'>,
  target: Target,
  path: string,
  judge: (answer: HttpAnswer) => Verdict | null,
): Promise<CheckResult> {
  try {
    const answer = await httpRequest(target.at(path), { headers: target.headers(target.token) })
    const { connectMs, roundTripMs } = answer
    const verdict = judge(answer)
    if (verdict !== null) return { ...check, ...verdict, connectMs, roundTripMs }
    const { why, advice } = explainAnswer(answer, 'http', target.origin)
    return { ...check, outcome: 'fails', found: why, advice, connectMs, roundTripMs }
  } catch (error) {
    const { why, advice } = explainError(error, target.base.host)
    return { ...check, outcome: 'fails', found: why, advice }
  }
}
