import type { Call, UserEvent } from '@parley/core'
import { createRandom } from '@parley/testkit/contracts'
import { describe, expect, test } from 'vitest'
import { type Device, type DevicesFixture, openDevices } from './device-fixture.ts'

const PEOPLE = ['ann', 'bob', 'cleo', 'dan']
const STEPS = 100
/** Longer than anything rings, and than anybody may be gone. */
const LONG_MS = 120_000

/** A device that believes what it was told and answered, and finds out when that does not add up. */
class Walker {
  readonly device: Device
  readonly ringing = new Set<string>()
  readonly joined = new Set<string>()
  /** It does something at this moment: what comes of it may be heard before the answer. */
  #isActing = false
  readonly #ended: string[] = []
  #read = 0

  constructor(device: Device) {
    this.device = device
  }

  /** Takes note of what it was told since the last time. */
  listen(): void {
    for (const event of this.device.heard.slice(this.#read)) this.#take(event)
    this.#read = this.device.heard.length
  }

  #take(event: UserEvent): void {
    if (event.type === 'call.ringing') {
      expect(event.call.state).not.toBe('ended')
      this.ringing.add(event.call.id)
    } else if (event.type === 'call.ended') {
      const wasHere = this.ringing.delete(event.callId) || this.joined.delete(event.callId) || this.#isActing
      expect(wasHere, `${this.device.caller.sessionId} hears twice that ${event.callId} ended`).toBe(true)
      this.#ended.push(event.callId)
    }
  }

  /** Comes into a call, unless that fails, or it has ended by the time of the answer. */
  async join(act: () => Promise<Call>): Promise<Call> {
    return this.#acting(async (endedMeanwhile) => {
      const call = await act()
      this.listen()
      this.ringing.delete(call.id)
      if (call.state !== 'ended' && !endedMeanwhile().includes(call.id)) this.joined.add(call.id)
      return call
    })
  }

  /** Wants to be out of a call. `isIn`: also one that it is in, and not only rung for. */
  async leave(callId: string, act: () => Promise<void>, isIn: boolean): Promise<void> {
    await this.#acting(async () => {
      await act()
      this.listen()
      this.ringing.delete(callId)
      if (isIn) this.joined.delete(callId)
    })
  }

  async #acting<T>(act: (endedMeanwhile: () => string[]) => Promise<T>): Promise<T> {
    this.listen()
    const before = this.#ended.length
    this.#isActing = true
    try {
      return await act(() => this.#ended.slice(before))
    } finally {
      this.listen()
      this.#isActing = false
    }
  }
}

/** Devices of four people do at random what devices do, several at once. What must hold of any call is looked at all the time. */
async function walk(seed: number): Promise<void> {
  const random = createRandom(seed)
  const fixture = openDevices()
  const { core } = fixture
  const chats = await chatsOf(fixture)
  const walkers = new Set<Walker>()
  const callIds = new Set<string>()
  let sessions = 0

  const come = async (userId: string): Promise<void> => {
    sessions += 1
    walkers.add(new Walker(await fixture.connect(userId, `${sessions}`)))
  }
  const aCall = () => [...callIds].at(-1 - random.integer(3)) ?? 'none'
  const acts: ((walker: Walker) => Promise<unknown>)[] = [
    async (walker) => {
      const { id } = await walker.join(() => walker.device.initiate(random.pick(chats)))
      callIds.add(id)
    },
    (walker) => answer(walker, aCall()),
    (walker) => answer(walker, aCall()),
    (walker) => reject(walker, aCall()),
    (walker) => end(walker, aCall()),
    ({ device }) => core.relayCandidate(device.caller, { callId: aCall(), candidate: 1, to: null }),
    ({ device }) => come(device.caller.userId),
    async (walker) => {
      walkers.delete(walker)
      await walker.device.lose()
    },
  ]

  for (const userId of PEOPLE) await come(userId)
  for (let step = 0; step < STEPS; step += 1) {
    const doers = new Set(
      Array.from({ length: 1 + random.integer(4) }, () => [...walkers][random.integer(walkers.size)]),
    )
    const doing = Array.from(doers, (walker) => (walker ? random.pick(acts)(walker) : come(random.pick(PEOPLE))))
    for (const done of await Promise.allSettled(doing)) if (done.status === 'rejected') expectRefusal(done.reason)
    if (random.integer(6) === 0) await core.clock.advance(random.integer(20_000))
    await expectAllSound()
  }

  // All that rings stops, on every device that is still there.
  await core.clock.advance(LONG_MS)
  await expectAllSound()
  for (const walker of walkers) expect([...walker.ringing], 'rings for ever').toEqual([])
  // Whoever is in a call hangs up, or is gone for good.
  for (const walker of [...walkers]) {
    if (random.integer(2) === 0) await acts.at(-1)?.(walker)
    else for (const callId of walker.joined) await end(walker, callId)
  }
  await core.clock.advance(LONG_MS)
  await expectAllSound()
  for (const walker of walkers) expect([...walker.joined], 'in a call for ever').toEqual([])
  for (const call of await storedCalls()) expect(call, 'every call ends').toMatchObject({ state: 'ended' })
  await expectMissedOnce(fixture)
  expect(core.reported).toEqual([])
  core.close()

  async function storedCalls(): Promise<Call[]> {
    const loaded = await Promise.all(Array.from(callIds, (id) => core.ports.calls.load(id)))
    return loaded.filter((call) => call !== null)
  }

  async function expectAllSound(): Promise<void> {
    const calls = await storedCalls()
    for (const call of calls) expectSound(call)
    for (const walker of walkers) {
      walker.listen()
      const { userId, sessionId } = walker.device.caller
      const partIn = (call: Call) => call.parties.find((party) => party.userId === userId)
      const ringing = calls.filter((call) => partIn(call)?.state === 'ringing').map(({ id }) => id)
      const joined = calls.filter((call) => partIn(call)?.sessionId === sessionId).map(({ id }) => id)
      expect([...walker.ringing].sort(), `${sessionId} rings when it should`).toEqual(ringing.sort())
      expect([...walker.joined].sort(), `${sessionId} is in the calls that it should be in`).toEqual(joined.sort())
    }
  }
}

const answer = (walker: Walker, callId: string) => walker.join(() => walker.device.answer(callId))
const reject = (walker: Walker, callId: string) => walker.leave(callId, () => walker.device.reject(callId), false)
const end = (walker: Walker, callId: string) => walker.leave(callId, () => walker.device.end(callId), true)

async function chatsOf({ chat }: DevicesFixture): Promise<string[]> {
  return [await chat('group', ...PEOPLE), await chat('direct', 'ann', 'bob'), await chat('direct', 'bob', 'cleo')]
}

function expectRefusal(reason: unknown): void {
  expect(['CALL_NOT_FOUND', 'CONFLICT', 'CONVERSATION_NOT_FOUND']).toContain(
    (reason as { code?: string }).code ?? reason,
  )
}

/** Each party in one state, with a device only while in the call; and none left in a call that is over. */
function expectSound({ parties, state, endedAt, endReason }: Call): void {
  expect(new Set(parties.map(({ userId }) => userId)).size).toBe(parties.length)
  for (const party of parties) {
    expect(party.sessionId !== null).toBe(party.state === 'joined')
    if (party.sessionId === null) expect(party.goneSince).toBeNull()
  }
  const open = parties.filter((party) => party.state === 'joined' || party.state === 'ringing')
  if (state === 'ended') expect([open.length, endedAt !== null, endReason !== null]).toEqual([0, true, true])
  else expect([open.length > 1, endedAt, endReason]).toEqual([true, null, null])
}

/** Nobody missed a call twice. */
async function expectMissedOnce({ core }: DevicesFixture): Promise<void> {
  for (const userId of PEOPLE) {
    const missed = (await core.ports.notifications.pending(userId, 1000)).map(({ data }) => data.callId)
    expect(new Set(missed).size).toBe(missed.length)
  }
}

describe('calls among many devices, at random', () => {
  test.each(Array.from({ length: 25 }, (_, i) => 4_711 + i))('end, once for each device (seed %i)', walk)
})
