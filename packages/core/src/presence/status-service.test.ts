import { type Connectedness, DomainError, type User } from '@parley/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Device, type DevicesFixture, openDevices } from '../calls/device-fixture.ts'
import { effectiveStatus } from './effective-status.ts'

const AWAY_MS = 300_000
const LEASE_MS = 30_000

let fixture: DevicesFixture
/** Shares a chat with Ann; Eve does not. */
let bob: Device
let eve: Device
beforeEach(async () => {
  fixture = openDevices()
  await fixture.chat('direct', 'ann', 'bob')
  bob = await fixture.connect('bob')
  eve = await fixture.connect('eve')
})

/** What a device was told of Ann, in order. */
const seenBy = (device: Device) =>
  device.told('status.changed').flatMap(({ person }) => (person.userId === 'ann' ? [person.status] : []))
const statusOf = async (userId: string) => (await fixture.core.statuses(bob.caller, [userId]))[0]
const renew = (device: Device, activeAt = fixture.core.clock.now()) =>
  fixture.core.renewConnections([{ ...device.caller, activeAt }])

describe('the effective status', () => {
  const now = 1_000_000
  const chosen = (status: User['status']) => ({ status, customStatus: 'at lunch' })
  const there: Connectedness = { isConnected: true, activeAt: now, seen: null }
  const idle: Connectedness = { ...there, activeAt: now - AWAY_MS }

  test.each([
    ['offline without a connection', chosen('busy'), { ...there, isConnected: false }, null],
    ['offline for those who choose it', chosen('offline'), there, null],
    ['what was chosen: busy', chosen('busy'), idle, 'busy'],
    ['what was chosen: away', chosen('away'), there, 'away'],
    ['online', chosen('online'), there, 'online'],
    ['online until the time is up', chosen('online'), { ...idle, activeAt: now - AWAY_MS + 1 }, 'online'],
    ['away when nothing was done for long', chosen('online'), idle, 'away'],
    ['online for somebody who never chose', undefined, there, 'online'],
  ] as const)('is %s', (_what, user, connectedness, expected) => {
    expect(effectiveStatus(user, connectedness, now, AWAY_MS)?.status ?? null).toBe(expected)
  })
})

describe('coming and going', () => {
  test('is told to those who share a chat, once for all connections', async () => {
    const first = await fixture.connect('ann')
    const second = await fixture.connect('ann', '2')
    expect(bob.told('status.changed')).toMatchObject([
      { person: { userId: 'ann', name: 'ann', status: 'online' }, wasOnline: false, isOnline: true },
    ])
    await first.lose()
    expect(seenBy(bob)).toEqual(['online'])
    await second.lose()
    expect(bob.told('status.changed').at(-1)).toMatchObject({
      person: { status: 'offline' },
      wasOnline: true,
      isOnline: false,
    })
    expect(seenBy(bob)).toEqual(['online', 'offline'])
    expect(seenBy(eve)).toEqual([])
    expect(seenBy(first)).toEqual([])
  })

  test('keeps when somebody was last seen', async () => {
    expect(await statusOf('ann')).toMatchObject({ status: 'offline', lastSeenAt: null })
    const ann = await fixture.connect('ann')
    await fixture.core.clock.advance(60_000)
    await ann.lose()
    const goneAt = fixture.core.clock.now()
    await fixture.core.clock.advance(60_000)
    expect(await statusOf('ann')).toMatchObject({ status: 'offline', lastSeenAt: goneAt })
    expect(bob.told('status.changed').at(-1)?.person.lastSeenAt).toBe(goneAt)
  })

  test('says how many notifications wait', async () => {
    const { core } = fixture
    await core.ports.notifications.add([
      {
        ...{ id: 'n1', userId: 'ann', kind: 'event', conversationId: null, messageId: null, seq: null },
        ...{ data: {}, createdAt: 0 },
      },
    ])
    const { caller } = await fixture.connect('ann')
    expect(await core.connect(caller, { avatar: null, roles: [] })).toEqual({ pendingNotifications: 1 })
  })

  test('is noticed when a node dies, soon after the lease ends', async () => {
    fixture = openDevices({ presenceLeaseMs: LEASE_MS })
    await fixture.chat('direct', 'ann', 'bob')
    bob = await fixture.connect('bob')
    await fixture.connect('ann')
    for (let passed = 0; passed < LEASE_MS; passed += 10_000) {
      await fixture.core.clock.advance(10_000)
      await renew(bob)
    }
    expect(await statusOf('ann')).toMatchObject({ status: 'offline' })
    await fixture.core.clock.advance(LEASE_MS / 6)
    expect(seenBy(bob)).toEqual(['online', 'offline'])
    await fixture.core.clock.advance(LEASE_MS)
    expect(seenBy(bob)).toEqual(['online', 'offline'])
  })

  test('of a node that only stood still is made good', async () => {
    fixture = openDevices({ presenceLeaseMs: LEASE_MS })
    await fixture.chat('direct', 'ann', 'bob')
    const ann = await fixture.connect('ann')
    bob = await fixture.connect('bob')
    await fixture.core.clock.advance(2 * LEASE_MS)
    const activeAt = fixture.core.clock.now()
    await fixture.core.renewConnections([ann, bob].map(({ caller }) => ({ ...caller, activeAt })))
    expect(seenBy(bob)).toEqual(['offline', 'online'])
  })

  test('that could not be told, because the database was away, is told later', async () => {
    fixture = openDevices({ presenceLeaseMs: LEASE_MS })
    await fixture.chat('direct', 'ann', 'bob')
    bob = await fixture.connect('bob')
    const ann = await fixture.connect('ann')
    const { inbox } = fixture.core.ports
    const contacts = inbox.contacts.bind(inbox)
    const away = () => Promise.reject(new DomainError('UNAVAILABLE', 'The database is away.'))
    Object.assign(inbox, { contacts: away })
    await ann.lose()
    expect(fixture.core.reported).toHaveLength(1)
    expect(seenBy(bob)).toEqual(['online'])
    Object.assign(inbox, { contacts })
    await fixture.core.clock.advance(LEASE_MS / 6)
    expect(seenBy(bob)).toEqual(['online', 'offline'])
  })
})

describe('moving to another node', () => {
  test('is told to nobody when they are there in time', async () => {
    const first = await fixture.connect('ann')
    await fixture.core.disconnect(first.caller, 'moves')
    await fixture.core.clock.advance(9999)
    await fixture.connect('ann', '2')
    await fixture.core.clock.advance(20_000)
    expect(await fixture.core.ports.status.expire(fixture.core.clock.now())).toEqual([])
    expect(seenBy(bob)).toEqual(['online'])
  })

  test('is going when they are not', async () => {
    fixture = openDevices({ presenceLeaseMs: LEASE_MS })
    await fixture.chat('direct', 'ann', 'bob')
    bob = await fixture.connect('bob')
    const first = await fixture.connect('ann')
    await fixture.core.disconnect(first.caller, 'moves')
    await fixture.core.clock.advance(9999)
    expect(seenBy(bob)).toEqual(['online'])
    await fixture.core.clock.advance(1 + LEASE_MS / 6)
    expect(seenBy(bob)).toEqual(['online', 'offline'])
  })
})

describe('choosing', () => {
  let ann: Device
  beforeEach(async () => {
    ann = await fixture.connect('ann')
  })

  test('is told, with words of one’s own, also to one’s other devices', async () => {
    const second = await fixture.connect('ann', '2')
    await fixture.core.setStatus(ann.caller, { status: 'busy', customStatus: ' in a\0 \u202emeeting ' })
    const expected = { userId: 'ann', status: 'busy', customStatus: 'in a meeting' }
    expect(bob.told('status.changed').at(-1)?.person).toMatchObject(expected)
    expect(second.told('status.changed').at(-1)?.person).toMatchObject(expected)
    expect(ann.told('status.changed')).toEqual([])
    expect(await statusOf('ann')).toMatchObject(expected)
  })

  test('lasts over connections; words stay until they are taken back', async () => {
    await fixture.core.setStatus(ann.caller, { status: 'busy', customStatus: 'writing' })
    await ann.lose()
    expect(await statusOf('ann')).toMatchObject({ status: 'offline', customStatus: null })
    const back = await fixture.connect('ann', '2')
    expect(await statusOf('ann')).toMatchObject({ status: 'busy', customStatus: 'writing' })
    await fixture.core.setStatus(back.caller, { status: 'online' })
    expect(await statusOf('ann')).toMatchObject({ status: 'online', customStatus: 'writing' })
    await fixture.core.setStatus(back.caller, { status: 'online', customStatus: '' })
    expect(await statusOf('ann')).toMatchObject({ status: 'online', customStatus: null })
  })

  test('the same again is not told again', async () => {
    await fixture.core.setStatus(ann.caller, { status: 'away' })
    await fixture.core.setStatus(ann.caller, { status: 'away' })
    expect(seenBy(bob)).toEqual(['online', 'away'])
  })

  test('offline is to be invisible: to others like somebody who went, whatever happens then', async () => {
    await fixture.core.setStatus(ann.caller, { status: 'offline' })
    const hiddenAt = fixture.core.clock.now()
    expect(bob.told('status.changed').at(-1)).toMatchObject({ wasOnline: true, isOnline: false })
    await fixture.core.clock.advance(60_000)
    await renew(ann)
    await fixture.core.setStatus(ann.caller, { status: 'offline', customStatus: 'nobody sees this' })
    const second = await fixture.connect('ann', '2')
    await second.lose()
    await ann.lose()
    await fixture.connect('ann', '3')
    expect(seenBy(bob)).toEqual(['online', 'offline'])
    expect(await statusOf('ann')).toMatchObject({ status: 'offline', customStatus: null, lastSeenAt: hiddenAt })
    expect(await fixture.core.onlineContacts(bob.caller)).toEqual([])
  })

  test('at most 140 characters, as a person counts them', async () => {
    await fixture.core.setStatus(ann.caller, { status: 'online', customStatus: '🍵'.repeat(140) })
    await expect(
      fixture.core.setStatus(ann.caller, { status: 'online', customStatus: 'x'.repeat(141) }),
    ).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  test('is for people with an account', async () => {
    const guest = { ...ann.caller, room: 'abcdefghjkmn' }
    await expect(fixture.core.setStatus(guest, { status: 'busy' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(fixture.core.statuses(guest, ['bob'])).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(fixture.core.connect(guest, { avatar: null, roles: [] })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('being away', () => {
  test('sets in when nothing was done for five minutes on any device, and ends with the next thing done', async () => {
    const first = await fixture.connect('ann')
    const second = await fixture.connect('ann', '2')
    await fixture.core.clock.advance(AWAY_MS - 1)
    await renew(first, 0)
    expect(seenBy(bob)).toEqual(['online'])
    await renew(second)
    await fixture.core.clock.advance(AWAY_MS - 1)
    await renew(first, 0)
    expect(seenBy(bob)).toEqual(['online'])
    await fixture.core.clock.advance(1)
    await renew(first, 0)
    await renew(second, 0)
    expect(seenBy(bob)).toEqual(['online', 'away'])
    const [away] = bob.told('status.changed').slice(-1)
    expect(away).toMatchObject({ wasOnline: true, isOnline: true })
    // When they last did something, not when that was found out.
    expect(away?.person.lastSeenAt).toBe((away?.at ?? 0) - AWAY_MS)
    await renew(first)
    expect(seenBy(bob)).toEqual(['online', 'away', 'online'])
  })

  test('ends on connecting anew', async () => {
    const first = await fixture.connect('ann')
    await fixture.core.clock.advance(AWAY_MS)
    await renew(first, 0)
    await fixture.connect('ann', '2')
    expect(seenBy(bob)).toEqual(['online', 'away', 'online'])
  })

  test('is not told of those who chose what to be seen as', async () => {
    const ann = await fixture.connect('ann')
    await fixture.core.setStatus(ann.caller, { status: 'busy' })
    await fixture.core.clock.advance(AWAY_MS)
    await renew(ann, 0)
    expect(seenBy(bob)).toEqual(['online', 'busy'])
  })
})

describe('asking', () => {
  test('answers of those with whom one shares a chat, and of oneself', async () => {
    await fixture.connect('ann')
    const people = await fixture.core.statuses(bob.caller, ['ann', 'eve', 'nobody', 'bob', 'ann'])
    expect(people.map(({ userId, status }) => [userId, status])).toEqual([
      ['ann', 'online'],
      ['bob', 'online'],
    ])
  })

  test('for those who are online leaves out the others', async () => {
    await fixture.chat('group', 'bob', 'cleo', 'dan')
    await fixture.connect('cleo')
    await fixture.connect('ann')
    const online = await fixture.core.onlineContacts(bob.caller)
    expect(online.map(({ userId }) => userId).sort()).toEqual(['ann', 'cleo'])
    expect(await fixture.core.onlineContacts(eve.caller)).toEqual([])
  })

  test('in large conversations nothing is told live', async () => {
    fixture = openDevices({ presenceMaxMembers: 2 })
    await fixture.chat('group', 'ann', 'bob', 'cleo')
    bob = await fixture.connect('bob')
    await fixture.connect('ann')
    expect(seenBy(bob)).toEqual([])
    expect(await statusOf('ann')).toMatchObject({ status: 'online' })
  })
})
