import { DomainError, PERSON_NAME, requireName } from '@parley/core'
import { rooms } from '@parley/protocol'
import { z } from 'zod'
import { anyone, authenticated } from '../../wire/dispatch.ts'
import { restHandler } from './rest-handler.ts'

export const login = restHandler({
  name: 'login',
  tag: 'Identity',
  errorTable: 'rooms',
  method: 'POST',
  url: '/api/login',
  summary: 'A guest identity: a name and a token, no account',
  schema: rooms.loginBody,
  status: 200,
  answer: rooms.loginAnswer,
  token: 'optional',
  takesBadTokens: true,
  guard: anyone,
  limit: 'login',
  limitBy: 'address',
  failureLimit: 'loginFailed',
  errors: [],
  givesToken: true,
  async run({ authenticator, ids }, input) {
    const name = requireName(input.name, 'name', PERSON_NAME)
    const userId = ids.userId()
    const { token, expiresIn } = await authenticator.signGuest({ userId, name, room: null, role: null })
    return { token, expiresIn, user: { id: userId, name } }
  },
})

export const refresh = restHandler({
  name: 'refresh',
  tag: 'Identity',
  errorTable: 'rooms',
  method: 'POST',
  url: '/api/refresh',
  summary: 'A new token with the same claims, for one that is still valid',
  schema: z.object({}),
  status: 200,
  answer: rooms.refreshAnswer,
  token: 'required',
  guard: authenticated,
  limit: null,
  errors: [],
  givesToken: true,
  async run(context) {
    authenticated(context)
    if (context.identity.kind === 'user') {
      throw new DomainError('FORBIDDEN', "A user's token is the site's to renew. Ask the site for a new one.")
    }
    const { token, expiresIn } = await context.authenticator.signGuest(context.identity)
    return { token, expiresIn }
  },
})

export const csrfToken = restHandler({
  name: 'csrfToken',
  tag: 'Identity',
  errorTable: 'rooms',
  method: 'GET',
  url: '/api/csrf-token',
  summary: 'The double-submit token for callers that are known by cookie; callers with a bearer token need none',
  schema: z.object({}),
  status: 200,
  answer: rooms.csrfAnswer,
  token: 'optional',
  takesBadTokens: true,
  guard: anyone,
  limit: null,
  errors: [],
  run: (context) => ({ csrfToken: context.csrfToken() }),
})
