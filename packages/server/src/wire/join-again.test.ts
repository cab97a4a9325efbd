import { DomainError } from '@parley/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { chatWith, type Member, openWires, type WiresFixture } from './wires-fixture.ts'

let wires: WiresFixture
beforeEach(async () => {
  wires = await openWires()
})
afterEach(() => wires[Symbol.asyncDispose]())

const textsOf = ({ events }: Member): unknown[] =>
  events.filter(([event]) => event === 'message:new').map(([, data]) => data.encryptedContent ?? data.text)

/** While it runs, how far the members are can't be read; `meanwhile` happens before the refusal. */
async function withoutReceipts<T>(run: () => Promise<T>, meanwhile: () => Promise<unknown>): Promise<T> {
  const { receipts } = wires.core.ports as { receipts: { cursors: typeof wires.core.ports.receipts.cursors } }
  const { cursors } = receipts
  receipts.cursors = async () => {
    await meanwhile()
    throw new DomainError('UNAVAILABLE', 'The database does not answer at the moment.')
  }
  try {
    return await run()
  } finally {
    receipts.cursors = cursors
  }
}

const wiresSpoken = [
  { name: 'messenger', event: 'chat:join', key: 'chatId' },
  { name: 'site', event: 'conversation:join', key: 'conversationId' },
]

it.each(wiresSpoken)(
  'a session that joins again while the database is away stays where it was ($name)',
  async (wire) => {
    const id = await wires.core.openGroup(['ann', 'bob'])
    const token = await wires.userToken('bob')
    const bob = await wires.member(token, { transports: ['websocket'], autoConnect: false })
    if (wire.name === 'site') bob.socket.auth = {}
    await new Promise<void>((resolve) => {
      bob.socket.once('connect', resolve)
      bob.socket.connect()
    })
    if (wire.name === 'site') await bob.ask('authenticate', { token })
    const join = (): Promise<Record<string, unknown>> => bob.ask(wire.event, { [wire.key]: id })
    expect(await join()).toMatchObject({ ok: true })
    await wires.core.say('ann', id, 'before')
    const refused = await withoutReceipts(join, () => wires.core.say('ann', id, 'meanwhile'))
    expect(refused).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
    await wires.core.say('ann', id, 'after')
    await expect.poll(() => textsOf(bob)).toEqual(['before', 'meanwhile', 'after'])
    expect(wires.wires.stats()).toMatchObject({ topics: 1, subscriptions: 1 })
    expect(await join()).toMatchObject({ ok: true })
    await wires.core.say('ann', id, 'at last')
    await expect.poll(() => textsOf(bob)).toEqual(['before', 'meanwhile', 'after', 'at last'])
  },
)

it('a session that may not be there any more has lost its place', async () => {
  const chatId = await wires.core.openGroup(['ann', 'bob'])
  const bob = await wires.member(await wires.userToken('bob'), { transports: ['websocket'] })
  await bob.ask('chat:join', { chatId })
  const { conversations } = wires.core.ports
  await conversations.delete(chatId)
  expect(await bob.ask('chat:join', { chatId })).toMatchObject({ ok: false, error: { code: 'CONVERSATION_NOT_FOUND' } })
  expect(wires.wires.stats()).toMatchObject({ topics: 0, subscriptions: 0 })
})

it('nobody is said to be here who was not let in for want of a database', async () => {
  const chatId = await wires.core.openGroup(['ann', 'bob'])
  const bob = await wires.member(await wires.userToken('bob'), { transports: ['websocket'] })
  const join = (): Promise<Record<string, unknown>> => bob.ask('chat:join', { chatId })
  await withoutReceipts(join, async () => undefined)
  expect(wires.core.eventsOf('attendance.changed')).toEqual([])
  expect([...(await wires.core.ports.presence.online(chatId, wires.core.clock.now()))]).toEqual([])
  await join()
  expect(wires.core.eventsOf('attendance.changed')).toMatchObject([{ userId: 'bob', isHere: true }])
})

it('whoever comes while it can’t be read who talks is in, and told as soon as it can be', async () => {
  const { chatId, ann } = await chatWith(wires, 'bob')
  expect(await ann.ask('voice:join', { chatId })).toMatchObject({ ok: true })
  const core = wires.core as { voice: typeof wires.core.voice }
  const { voice } = core
  core.voice = () => Promise.reject(new DomainError('UNAVAILABLE', 'The database does not answer at the moment.'))
  const cem = await wires.member(await wires.token('cem'), { transports: ['websocket'] })
  expect(await cem.ask('chat:join', { chatId })).toMatchObject({ ok: true })
  await wires.core.say('ann', chatId, 'hi')
  await expect.poll(() => textsOf(cem)).toEqual(['hi'])
  await wires.core.clock.advance(1000)
  core.voice = voice
  await wires.core.clock.advance(5000)
  expect(await cem.get('voice:state')).toMatchObject({ chatId, participants: [{ userId: 'ann' }] })
})
