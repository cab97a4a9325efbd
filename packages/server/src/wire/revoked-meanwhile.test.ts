import { CLOSE_CODES } from '@parley/protocol'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWires, type WiresFixture } from './wires-fixture.ts'

let wires: WiresFixture
beforeAll(async () => {
  // Good when it was checked, and not any more when its session is there.
  wires = await openWires({}, () => true, { isRevoked: ({ userId }) => userId === 'bob' })
})
afterAll(() => wires[Symbol.asyncDispose]())

const TAKEN_BACK = { code: 'UNAUTHENTICATED', message: 'Your token was taken back. Sign in again.' }

it('a token that is taken back while its connection is made ends it, on every wire', async () => {
  const token = await wires.userToken('bob')
  const raw = await wires.raw(token)
  expect(await raw.get(({ type }) => type === 'error')).toMatchObject(TAKEN_BACK)
  expect(await raw.closed).toBe(CLOSE_CODES.unauthenticated)
  const member = await wires.member(token, { autoConnect: false })
  member.socket.connect()
  expect(await member.get('error')).toMatchObject(TAKEN_BACK)
  const onSite = await wires.member('', { auth: {}, autoConnect: false })
  onSite.socket.connect().emit('authenticate', { token })
  expect(await onSite.get('error')).toMatchObject(TAKEN_BACK)
  await expect.poll(() => wires.wires.stats().connections.active).toBe(0)
  const ann = await wires.member(await wires.userToken('ann'))
  expect(ann.socket.connected).toBe(true)
})
