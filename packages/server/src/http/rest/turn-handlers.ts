import { createHash } from 'node:crypto'
import { DomainError } from '@parley/core'
import { rooms } from '@parley/protocol'
import { z } from 'zod'
import { authenticated } from '../../wire/dispatch.ts'
import { restHandler } from './rest-handler.ts'

export const turnCredentials = restHandler({
  name: 'turnCredentials',
  tag: 'Calls',
  errorTable: 'rooms',
  method: 'GET',
  url: '/turn-credentials',
  summary: 'Credentials for the relay (TURN), for as long as `ttl` says, and `iceServers` for an RTCPeerConnection',
  schema: z.object({}),
  status: 200,
  answer: rooms.turnCredentialsAnswer,
  token: 'required',
  guard(context) {
    if (!context.turn.isPublic || context.apiScopes !== null) authenticated(context)
  },
  limit: 'turn',
  errors: ['TURN_NOT_CONFIGURED'],
  run({ turn, identity, address }) {
    const credentials = turn.credentialsFor(identity?.userId ?? strangerAt(address))
    if (credentials !== null) return credentials
    throw new DomainError(
      'TURN_NOT_CONFIGURED',
      'This server gives out no relay. Whoever runs it sets TURN_SECRET, and TURN_HOST where the relay runs elsewhere.',
    )
  },
})

/** The relay counts what each user has; strangers are told apart by where they come from. */
const strangerAt = (address: string): string =>
  `stranger-${createHash('sha256').update(address).digest('base64url').slice(0, 12)}`
