import type { Call } from '@parley/protocol/messenger'
import { expect, test } from 'vitest'
import { createCallDesk } from './call-desk.ts'
import { createFakeClock } from './testing/fake-clock.ts'

const callOf = (state: Call['state'], id = 'call-1'): Call => ({
  id,
  chatId: 'c1',
  callerId: 'u2',
  type: 'audio',
  state,
  participants: [],
  createdAt: 1,
})

function setUp() {
  const clock = createFakeClock()
  const phases: string[] = []
  const signals: string[] = []
  const desk = createCallDesk({
    clock,
    selfId: () => 'u1',
    onChange: () => undefined,
    tell: ({ phase }) => phases.push(phase),
    signal: ({ kind, from }) => signals.push(`${kind} ${from}`),
  })
  const ring = (id?: string): void =>
    desk.received('call:incoming', { call: callOf('ringing', id), offer: {}, from: { userId: 'u2', name: 'Bo' } })
  return { clock, desk, phases, signals, ring }
}

test('a call that rings here and is taken on another device of ours says so, and is gone a moment later', async () => {
  const { clock, desk, phases, ring, signals } = setUp()
  ring()
  desk.received('call:answer', { callId: 'call-1', call: callOf('active'), userId: 'u1', answer: {} })
  expect(desk.view?.phase).toBe('incoming')
  desk.received('call:end', { callId: 'call-1', chatId: 'c1', reason: 'answered-elsewhere' })
  expect(phases).toEqual(['incoming', 'incoming', 'elsewhere'])
  expect(signals).toEqual(['offer u2'])
  await clock.advance(4000)
  expect(desk.view).toBeNull()
})

test('a second call and word of calls that are over change nothing', () => {
  const { desk, ring } = setUp()
  ring()
  desk.answered(callOf('active'))
  ring('call-2')
  desk.received('call:end', { callId: 'call-2', chatId: 'c1', reason: 'hangup' })
  desk.received('message:new', {})
  expect(desk.view).toMatchObject({ phase: 'active', call: { id: 'call-1' }, from: { userId: 'u2' } })
})

test('a call outlives a short absence and no long one', async () => {
  const { clock, desk } = setUp()
  desk.started(callOf('ringing'))
  desk.lineChanged(false)
  await clock.advance(14_000)
  desk.lineChanged(true)
  await clock.advance(60_000)
  expect(desk.view?.phase).toBe('outgoing')
  desk.lineChanged(false)
  await clock.advance(15_000)
  expect(desk.view).toMatchObject({ phase: 'ended', call: { endReason: 'failed' } })
})
