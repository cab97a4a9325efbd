import { admin } from '@parley/protocol'
import { z } from 'zod'
import { REMEMBERED_MS } from '../../auth/revocation-store.ts'
import { adminHandler } from './admin-handler.ts'

export const signIn = adminHandler({
  name: 'adminSignIn',
  method: 'POST',
  url: '/api/admin/sign-in',
  summary: "Whether this is the operator's token; written into the security log",
  schema: z.object({}),
  status: 204,
  answer: null,
  errors: [],
  run({ noteSignIn }) {
    noteSignIn()
    return undefined
  },
})

export const listPeople = adminHandler({
  name: 'adminPeople',
  method: 'GET',
  url: '/api/admin/people',
  summary: 'Who is connected, to whichever node',
  schema: admin.peopleQuery,
  status: 200,
  answer: admin.peopleAnswer,
  errors: [],
  run: ({ cluster }, { limit, search }) => cluster.people(limit, search ?? ''),
})

export const signOut = adminHandler({
  name: 'adminSignOut',
  method: 'POST',
  url: '/api/admin/users/:userId/sign-out',
  summary: 'Take back every token of a user: all of their connections end at once, on every node',
  schema: admin.userParams,
  status: 204,
  answer: null,
  errors: [],
  async run({ revocations, now, note }, { userId }) {
    const at = now()
    await revocations.revoke({ userId, tokenId: null, issuedBefore: at, until: at + REMEMBERED_MS })
    note(`signed out ${userId}`)
    return undefined
  },
})
