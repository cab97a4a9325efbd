import { type CoturnProcess, findFreePort, startCoturn } from '@parley/testkit/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tryRelay } from './try-relay.ts'
import { createTurn, type TurnServer } from './turn-credentials.ts'

let coturn: CoturnProcess
beforeAll(async () => {
  coturn = await startCoturn()
})
afterAll(() => coturn[Symbol.asyncDispose]())

function trial(server: Partial<TurnServer> = {}) {
  const whole = { ...coturn.server, ...server }
  const login = createTurn({ server: whole, stunUrls: [], ttlS: 60, now: Date.now }).credentialsFor('doctor')
  if (login === null) throw new Error('no credentials')
  return { host: whole.host, port: whole.port, login }
}

test.each(['udp', 'tcp'] as const)('packets go through the relay and back, over %s', async (transport) => {
  const findings = await tryRelay({ ...trial(), transport })
  expect(findings.relayedAddress).toBe(coturn.server.host)
  expect(findings.roundTripMs).toBeGreaterThan(0)
})

test('a wrong secret is told from a relay that is not there', async () => {
  const wrong = trial({ secret: 'another secret than that of the relay' })
  await expect(tryRelay({ ...wrong, transport: 'udp' })).rejects.toMatchObject({ name: 'RelayRefused', code: 401 })
  const nowhere = { ...trial(), port: await findFreePort() }
  await expect(tryRelay({ ...nowhere, transport: 'udp' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await expect(tryRelay({ ...nowhere, transport: 'tcp' })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
