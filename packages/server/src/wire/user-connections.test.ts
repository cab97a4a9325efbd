import { type Core, DomainError } from '@parley/core'
import { expect, test } from 'vitest'
import type { Session } from './session.ts'
import { UserConnections } from './user-connections.ts'

/** More than are renewed in one call. */
const CROWD = 2500

async function connectCrowd() {
  const renewed: string[][] = []
  let whenRenewed: () => void | Promise<void> = () => undefined
  const core: Pick<Core, 'connect' | 'disconnect' | 'renewConnections'> = {
    connect: async () => ({ pendingNotifications: 0 }),
    disconnect: async () => undefined,
    async renewConnections(entries) {
      renewed.push(entries.map(({ sessionId }) => sessionId))
      await whenRenewed()
    },
  }
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const connections = new UserConnections({ core: core as Core, logger })
  const sessions = Array.from({ length: CROWD }, (_, number) => {
    const identity = { kind: 'user', userId: `user-${number}`, avatar: null, roles: [] }
    return { id: `session-${number}`, identity, lastActivityAt: 0, closed: false, caller: {} } as unknown as Session
  })
  for (const session of sessions) await connections.connect(session)
  return {
    connections,
    sessions,
    /** Those whose leases were renewed, call by call. */
    renewed,
    onRenewal(then: typeof whenRenewed) {
      whenRenewed = then
    },
  }
}

test('whoever goes while others are renewed does not come back', async () => {
  const { connections, sessions, renewed, onRenewal } = await connectCrowd()
  const last = sessions.at(-1)
  if (last === undefined) throw new Error('nobody')
  onRenewal(() => connections.disconnect(last, 'goes'))
  await connections.renew()
  expect(renewed.flat()).toHaveLength(CROWD - 1)
  expect(renewed.flat()).not.toContain(last.id)
})

test('what can not be done for some keeps nobody else from being renewed', async () => {
  const { connections, renewed, onRenewal } = await connectCrowd()
  onRenewal(() => {
    throw new DomainError('UNAVAILABLE', 'The database is away.')
  })
  await expect(connections.renew()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(new Set(renewed.flat()).size).toBe(CROWD)
})

test('who does something again after long is renewed at once, if they are there', async () => {
  const { connections, sessions, renewed } = await connectCrowd()
  const [back, gone] = sessions
  if (back === undefined || gone === undefined) throw new Error('nobody')
  await connections.disconnect(gone, 'goes')
  for (const session of [back, gone]) await connections.stirred(session)
  expect(renewed).toEqual([[back.id]])
})
