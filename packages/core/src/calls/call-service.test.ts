import { type Call, type CallEndReason, createCore, DEFAULT_CORE_OPTIONS } from '@parley/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { createCallService } from './call-service.ts'
import { type Device, type DevicesFixture, openDevices } from './device-fixture.ts'

const RING_MS = 45_000
const GRACE_MS = 15_000

let fixture: DevicesFixture
let chatId: string
let ann: Device
let bob: Device
beforeEach(async () => {
  fixture = openDevices()
  chatId = await fixture.chat('direct', 'ann', 'bob')
  ann = await fixture.connect('ann')
  bob = await fixture.connect('bob')
})

const states = (call: Call) => Object.fromEntries(call.parties.map(({ userId, state }) => [userId, state]))
const ends = (device: Device): CallEndReason[] => device.told('call.ended').map(({ reason }) => reason)
const stored = async (id: string) => {
  const call = await fixture.core.ports.calls.load(id)
  if (call === null) throw new Error(`no call ${id}`)
  return call
}
const missed = async (userId: string) =>
  (await fixture.core.ports.notifications.pending(userId, 100)).filter(({ kind }) => kind === 'call')

describe('ringing', () => {
  test('reaches every device of the other one, and none of the caller', async () => {
    const bobsSecond = await fixture.connect('bob', '2')
    const annsSecond = await fixture.connect('ann', '2')
    const call = await ann.initiate(chatId, { sdp: 'offer' })
    expect(call).toMatchObject({ state: 'ringing', callerId: 'ann', media: 'audio', conversationId: chatId })
    expect(states(call)).toEqual({ ann: 'joined', bob: 'ringing' })
    for (const device of [bob, bobsSecond]) {
      expect(device.told('call.ringing')).toMatchObject([
        { call: { id: call.id }, from: { userId: 'ann', name: 'ANN' }, offer: { sdp: 'offer' } },
      ])
    }
    for (const device of [ann, annsSecond]) expect(device.told('call.ringing')).toEqual([])
  })

  test('reaches a device that comes while it rings, and no other device again', async () => {
    const call = await ann.initiate(chatId, { sdp: 'offer' })
    const late = await fixture.connect('bob', '2')
    expect(late.told('call.ringing')).toMatchObject([{ call: { id: call.id }, offer: { sdp: 'offer' } }])
    expect(bob.told('call.ringing')).toHaveLength(1)
    await bob.answer(call.id)
    expect(ends(late)).toEqual(['answered-elsewhere'])
    expect((await fixture.connect('bob', '3')).heard.filter(({ type }) => type.startsWith('call.'))).toEqual([])
  })

  test('goes on while the other one is offline, who finds it on coming', async () => {
    await bob.lose()
    const call = await ann.initiate(chatId)
    expect(call.state).toBe('ringing')
    const back = await fixture.connect('bob', '2')
    expect(back.told('call.ringing')).toHaveLength(1)
    expect((await back.answer(call.id)).state).toBe('active')
  })

  test('stops after 45 seconds, and leaves a missed call', async () => {
    const call = await ann.initiate(chatId)
    await fixture.core.clock.advance(RING_MS - 1)
    expect((await stored(call.id)).state).toBe('ringing')
    await fixture.core.clock.advance(1)
    expect(await stored(call.id)).toMatchObject({ state: 'ended', endReason: 'timeout' })
    expect(states(await stored(call.id))).toEqual({ ann: 'left', bob: 'missed' })
    expect([ends(ann), ends(bob)]).toEqual([['timeout'], ['timeout']])
    expect(await missed('bob')).toMatchObject([
      { conversationId: chatId, data: { callId: call.id, type: 'audio', fromId: 'ann', fromName: 'ANN' } },
    ])
    expect(bob.told('notification.created')).toMatchObject([{ notification: { kind: 'call' } }])
    expect(await missed('ann')).toEqual([])
  })

  test('stops when the caller hangs up, and leaves a missed call', async () => {
    const call = await ann.initiate(chatId)
    await ann.end(call.id)
    expect(await stored(call.id)).toMatchObject({ state: 'ended', endReason: 'hangup' })
    expect([ends(ann), ends(bob)]).toEqual([[], ['hangup']])
    expect(await missed('bob')).toHaveLength(1)
    await fixture.core.clock.advance(RING_MS)
    expect(ends(bob)).toEqual(['hangup'])
  })
})

describe('answering', () => {
  test('brings both in; the first device wins, the others stop ringing', async () => {
    const second = await fixture.connect('bob', '2')
    const third = await fixture.connect('bob', '3')
    const { id } = await ann.initiate(chatId)
    const call = await second.answer(id, { sdp: 'answer' })
    expect(call).toMatchObject({ state: 'active', answeredAt: fixture.core.clock.now() })
    expect(ann.told('call.answered')).toMatchObject([{ userId: 'bob', answer: { sdp: 'answer' }, call: { id } }])
    expect([ends(bob), ends(second), ends(third)]).toEqual([['answered-elsewhere'], [], ['answered-elsewhere']])
    await expect(third.answer(id)).rejects.toMatchObject({ code: 'CONFLICT' })
    await fixture.core.clock.advance(RING_MS)
    expect((await stored(id)).state).toBe('active')
    expect(await missed('bob')).toEqual([])
  })

  test('from many devices at once lets one in', async () => {
    const devices = [
      bob,
      ...(await Promise.all(['2', '3', '4', '5'].map((session) => fixture.connect('bob', session)))),
    ]
    const { id } = await ann.initiate(chatId)
    const answers = await Promise.allSettled(devices.map((device) => device.answer(id)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(devices.flatMap(ends)).toEqual(Array.from({ length: 4 }, () => 'answered-elsewhere'))
    expect(ann.told('call.answered')).toHaveLength(1)
  })

  test('again from the same device changes nothing, and passes on what it says', async () => {
    const { id } = await ann.initiate(chatId)
    await bob.answer(id)
    const again = await bob.answer(id)
    expect(again.version).toBe((await stored(id)).version)
    expect(ann.told('call.answered')).toHaveLength(1)
    await bob.answer(id, { sdp: 'late' })
    expect(ann.told('call.answered')).toMatchObject([{ answer: null }, { answer: { sdp: 'late' } }])
  })

  test('is for those in the chat alone, while the call is there', async () => {
    const eve = await fixture.connect('eve')
    const { id } = await ann.initiate(chatId)
    await expect(eve.answer(id)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
    await expect(eve.reject(id)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
    await expect(eve.end(id)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
    await expect(bob.answer('nothing')).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
    await ann.end(id)
    await expect(bob.answer(id)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
    await bob.reject(id)
    await bob.end(id)
    await ann.end(id)
  })
})

describe('rejecting', () => {
  test('ends a call of two, on all devices', async () => {
    const second = await fixture.connect('bob', '2')
    const { id } = await ann.initiate(chatId)
    await bob.reject(id, 'not now')
    expect(ann.told('call.rejected')).toMatchObject([{ userId: 'bob', reason: 'not now', call: { id } }])
    expect([ends(ann), ends(bob), ends(second)]).toEqual([['rejected'], [], ['rejected']])
    expect(await stored(id)).toMatchObject({ state: 'ended', endReason: 'rejected' })
    expect(await missed('bob')).toEqual([])
  })

  test('because one is busy says so, and leaves a missed call', async () => {
    const { id } = await ann.initiate(chatId)
    await bob.reject(id, 'busy')
    expect(ends(ann)).toEqual(['busy'])
    expect(await missed('bob')).toHaveLength(1)
  })
})

describe('hanging up', () => {
  test('by either ends a call of two for the other', async () => {
    for (const [first, other] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      const { id } = await ann.initiate(chatId)
      await bob.answer(id)
      const before = [ends(first).length, ends(other).length]
      await first.end(id)
      expect([ends(first).length, ends(other).length]).toEqual([before[0], (before[1] ?? 0) + 1])
      expect(ends(other).at(-1)).toBe('hangup')
      expect(await fixture.core.ports.calls.openIn(chatId)).toBeNull()
    }
    expect(await missed('bob')).toEqual([])
  })

  test('from another device of the same person ends it on the device that was in it', async () => {
    const { id } = await ann.initiate(chatId)
    await bob.answer(id)
    const second = await fixture.connect('bob', '2')
    await second.end(id)
    expect([ends(bob), ends(second), ends(ann)]).toEqual([['hangup'], [], ['hangup']])
  })
})

describe('two calls that cross', () => {
  test('are one: the later caller answers', async () => {
    const calls = await Promise.all([ann.initiate(chatId, 'a'), bob.initiate(chatId, 'b')])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(1)
    const [call] = calls
    expect(await stored(call.id)).toMatchObject({ state: 'active', callerId: 'ann' })
    expect(ann.told('call.answered')).toHaveLength(1)
    expect([ends(ann), ends(bob)]).toEqual([[], []])
  })

  test('are one on two nodes too', async () => {
    using other = otherNode()
    const calls = await Promise.all([
      ann.initiate(chatId, 'a'),
      other.core.initiateCall(bob.caller, { conversationId: chatId, media: 'audio', offer: 'b' }),
    ])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(1)
    expect(await stored(calls[0].id)).toMatchObject({ state: 'active' })
    expect([...ends(ann), ...ends(bob)]).toEqual([])
  })

  test('when the later one comes after the other rings, it answers that', async () => {
    const second = await fixture.connect('bob', '2')
    const { id } = await ann.initiate(chatId, 'a')
    expect(await bob.initiate(chatId, 'b')).toMatchObject({ id, state: 'active', callerId: 'ann' })
    expect(ends(second)).toEqual(['answered-elsewhere'])
    expect(ann.told('call.answered')).toMatchObject([{ userId: 'bob', answer: null }])
  })

  test('calling again while it rings is the same call', async () => {
    const { id, version } = await ann.initiate(chatId)
    expect(await ann.initiate(chatId)).toMatchObject({ id, version })
    const second = await fixture.connect('ann', '2')
    await expect(second.initiate(chatId)).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

describe('a callee in another call', () => {
  test('is busy: the call is over at once, and a missed call is left', async () => {
    const other = await fixture.chat('direct', 'bob', 'cleo')
    const cleo = await fixture.connect('cleo')
    await cleo.answer((await bob.initiate(other)).id)
    const call = await ann.initiate(chatId)
    expect(call).toMatchObject({ state: 'ended', endReason: 'busy' })
    expect(states(call)).toEqual({ ann: 'left', bob: 'busy' })
    expect(bob.told('call.ringing')).toEqual([])
    expect(await missed('bob')).toHaveLength(1)
    expect(await fixture.core.ports.calls.openIn(chatId)).toBeNull()
    expect(ends(cleo)).toEqual([])
  })

  test('is busy as soon as they call somebody, but not while somebody else calls them', async () => {
    const other = await fixture.chat('direct', 'bob', 'cleo')
    const cleo = await fixture.connect('cleo')
    const { id } = await cleo.initiate(other)
    const calling = await ann.initiate(chatId)
    expect(calling.state).toBe('ringing')
    await ann.end(calling.id)
    await cleo.end(id)
    await bob.initiate(other)
    expect(await ann.initiate(chatId)).toMatchObject({ endReason: 'busy' })
  })
})

describe('a lost connection', () => {
  let id: string
  beforeEach(async () => {
    id = (await ann.initiate(chatId)).id
    await bob.answer(id)
  })

  test('for 15 seconds ends the call as failed', async () => {
    await bob.lose()
    await fixture.core.clock.advance(GRACE_MS - 1)
    expect(ends(ann)).toEqual([])
    await fixture.core.clock.advance(1)
    expect(ends(ann)).toEqual(['failed'])
    expect(await stored(id)).toMatchObject({ state: 'ended', endReason: 'failed' })
    expect(await missed('bob')).toEqual([])
  })

  test('of the caller while it rings ends it too, and leaves a missed call', async () => {
    await ann.end(id)
    const ringing = await ann.initiate(chatId)
    await ann.lose()
    await fixture.core.clock.advance(GRACE_MS)
    expect(await stored(ringing.id)).toMatchObject({ endReason: 'failed' })
    expect(ends(bob)).toEqual(['hangup', 'failed'])
    expect(await missed('bob')).toHaveLength(1)
  })

  test('may be made good with a new one, by answering again', async () => {
    await bob.lose()
    await fixture.core.clock.advance(GRACE_MS - 1)
    const back = await fixture.connect('bob', '2')
    expect(await back.answer(id, { sdp: 'again' })).toMatchObject({ id, state: 'active' })
    expect(ann.told('call.answered').at(-1)).toMatchObject({ userId: 'bob', answer: { sdp: 'again' } })
    await fixture.core.clock.advance(10 * GRACE_MS)
    expect((await stored(id)).state).toBe('active')
    await ann.end(id)
    expect(ends(back)).toEqual(['hangup'])
  })

  test('of both ends it', async () => {
    await ann.lose()
    await bob.lose()
    await fixture.core.clock.advance(GRACE_MS)
    expect(await stored(id)).toMatchObject({ state: 'ended', endReason: 'failed' })
  })

  test('that nobody told of, as when a node died, is noticed', async () => {
    const { status } = fixture.core.ports
    await status.disconnect(bob.caller)
    await fixture.core.clock.advance(2 * GRACE_MS)
    expect(ends(ann)).toEqual(['failed'])
  })

  test('that is back with the same session before its time is nothing', async () => {
    await fixture.core.disconnect(bob.caller)
    await fixture.core.clock.advance(GRACE_MS / 2)
    await fixture.core.renewConnections([{ ...bob.caller, activeAt: fixture.core.clock.now() }])
    await fixture.core.clock.advance(10 * GRACE_MS)
    expect(await stored(id)).toMatchObject({ state: 'active' })
    expect((await stored(id)).parties.every(({ goneSince }) => goneSince === null)).toBe(true)
  })

  test('whose node died unnoticed does not keep its person out', async () => {
    await fixture.core.ports.status.disconnect(bob.caller)
    const back = await fixture.connect('bob', '2')
    expect(await back.answer(id)).toMatchObject({ state: 'active' })
  })
})

describe('a call in a group', () => {
  let groupId: string
  let cleo: Device
  beforeEach(async () => {
    groupId = await fixture.chat('group', 'ann', 'bob', 'cleo', 'dan')
    cleo = await fixture.connect('cleo')
  })

  test('rings everybody and goes on without those who do not want to', async () => {
    const dan = await fixture.connect('dan')
    const { id } = await ann.initiate(groupId)
    for (const device of [bob, cleo, dan]) expect(device.told('call.ringing')).toHaveLength(1)
    await bob.answer(id)
    await cleo.reject(id)
    expect(states(await stored(id))).toEqual({ ann: 'joined', bob: 'joined', cleo: 'rejected', dan: 'ringing' })
    for (const device of [ann, bob]) expect(device.told('call.rejected')).toMatchObject([{ userId: 'cleo' }])
    await fixture.core.clock.advance(RING_MS)
    expect(ends(dan)).toEqual(['timeout'])
    expect(await missed('dan')).toHaveLength(1)
    expect(await missed('cleo')).toEqual([])
    for (const device of [ann, bob]) {
      expect(ends(device)).toEqual([])
      expect(device.told('call.rejected').at(-1)).toMatchObject({ userId: 'dan', reason: 'timeout' })
    }
    expect((await stored(id)).state).toBe('active')
  })

  test('lets members come late, by answering or by calling, and ends with the last but one', async () => {
    const { id } = await ann.initiate(groupId)
    await bob.answer(id)
    await fixture.core.clock.advance(RING_MS)
    expect(await cleo.answer(id)).toMatchObject({ state: 'active' })
    const dan = await fixture.connect('dan')
    expect(await dan.initiate(groupId)).toMatchObject({ id })
    expect(states(await stored(id))).toEqual({ ann: 'joined', bob: 'joined', cleo: 'joined', dan: 'joined' })
    await ann.end(id)
    await bob.end(id)
    expect(dan.told('call.rejected')).toMatchObject([
      { userId: 'ann', reason: 'left' },
      { userId: 'bob', reason: 'left' },
    ])
    expect([ends(cleo), ends(dan)]).toEqual([['timeout'], []])
    await cleo.end(id)
    expect(ends(dan)).toEqual(['hangup'])
    expect(await stored(id)).toMatchObject({ state: 'ended', endReason: 'hangup' })
  })

  test('waits for those who still ring when somebody leaves', async () => {
    const { id } = await ann.initiate(groupId)
    await bob.answer(id)
    await ann.end(id)
    expect((await stored(id)).state).toBe('active')
    await cleo.answer(id)
    expect(states(await stored(id))).toMatchObject({ ann: 'left', bob: 'joined', cleo: 'joined' })
  })

  test('rings those who are free, and is over when nobody is', async () => {
    const pair = await fixture.chat('direct', 'bob', 'cleo')
    await bob.answer((await cleo.initiate(pair)).id)
    const { id } = await ann.initiate(groupId)
    expect(states(await stored(id))).toEqual({ ann: 'joined', bob: 'busy', cleo: 'busy', dan: 'ringing' })
    expect(await missed('bob')).toHaveLength(1)
    await ann.end(id)
    const three = await fixture.chat('group', 'ann', 'bob', 'cleo')
    expect(await ann.initiate(three)).toMatchObject({ endReason: 'busy' })
  })

  test('goes on without somebody who is no member any more', async () => {
    const { id } = await ann.initiate(groupId)
    await bob.answer(id)
    await cleo.answer(id)
    await callsOf(fixture).dropMember(groupId, 'bob')
    expect(ends(bob)).toEqual(['hangup'])
    expect(states(await stored(id))).toMatchObject({ bob: 'left', cleo: 'joined' })
    const late = { callId: id, candidate: 'still here', to: null }
    await expect(fixture.core.relayCandidate(bob.caller, late)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
  })
})

describe('what the sides say to each other', () => {
  const candidatesOf = (device: Device) => device.told('call.candidate').map(({ candidate }) => candidate)

  test('reaches all devices that may answer, then the one that did', async () => {
    const second = await fixture.connect('bob', '2')
    const { id } = await ann.initiate(chatId)
    const relay = (device: Device, candidate: unknown, to: string | null = null) =>
      fixture.core.relayCandidate(device.caller, { callId: id, candidate, to })
    await relay(ann, 1)
    await bob.answer(id)
    await relay(ann, 2, 'bob')
    await relay(bob, 3)
    expect([candidatesOf(ann), candidatesOf(bob), candidatesOf(second)]).toEqual([[3], [1, 2], [1]])
    expect(ann.told('call.candidate')).toMatchObject([{ callId: id, fromId: 'bob' }])
    await expect(relay(ann, 4, 'eve')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
    const eve = await fixture.connect('eve')
    await expect(relay(eve, 5)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
    await ann.end(id)
    await expect(relay(ann, 6)).rejects.toMatchObject({ code: 'CALL_NOT_FOUND' })
  })
})

describe('who may call', () => {
  test('members of the chat, and nobody else learns that it is there', async () => {
    const eve = await fixture.connect('eve')
    await expect(eve.initiate(chatId)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(ann.initiate('nowhere')).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
  })

  test('nobody in a room, or when there is nobody to call', async () => {
    const room = await fixture.chat('room', 'ann', 'bob')
    await expect(ann.initiate(room)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(ann.initiate(await fixture.chat('group', 'ann'))).rejects.toMatchObject({ code: 'CONFLICT' })
  })
})

test('a call is forgotten a day after its end', async () => {
  const { id } = await ann.initiate(chatId)
  await ann.end(id)
  await fixture.core.clock.advance(23 * 3_600_000)
  expect(await fixture.core.ports.calls.load(id)).not.toBeNull()
  await fixture.core.clock.advance(2 * 3_600_000)
  expect(await fixture.core.ports.calls.load(id)).toBeNull()
})

test('nothing of all this fails unnoticed', async () => {
  const { id } = await ann.initiate(chatId)
  await bob.answer(id)
  await bob.lose()
  await fixture.core.clock.advance(RING_MS)
  expect(fixture.core.reported).toEqual([])
})

/** A second node on the same stores. */
function otherNode() {
  const core = createCore(fixture.core.ports)
  return { core, [Symbol.dispose]: () => core.close() }
}

function callsOf({ core }: DevicesFixture) {
  return createCallService(core.ports, DEFAULT_CORE_OPTIONS, (deadline) => core.ports.deadlines.set(deadline))
}
