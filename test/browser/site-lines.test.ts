import type { Person } from '@parley/testkit/browser'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  chatWith,
  type Harbour,
  message,
  openConversation,
  openHarbour,
  openId,
  say,
  shownTexts,
  tick,
  transport,
} from './harbour.ts'

/** A new way is found by itself within half a minute, and on a busy machine within so long. */
const SWITCH = { timeout: 80_000 }

// One harbour for all: each test has two people of its own, and leaves everything as it was.
let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
})
afterEach(async () => {
  await harbour.everybodyLeaves()
  harbour.network.unblock()
  await harbour.startSockets()
})
afterAll(() => harbour[Symbol.asyncDispose]())

const shows = (person: Person, words: RegExp): Promise<void> => transport(person).getByText(words).waitFor(SWITCH)
const live = (person: Person): Promise<void> => shows(person, /^Live$/)
const slow = (person: Person): Promise<void> => shows(person, /^Slow lane/)

const NAMES = { ada: 'Ada Lindgren', ben: 'Ben Okafor', chidi: 'Chidi Sato', dana: 'Dana Haddad' } as const
type Name = keyof typeof NAMES

/** Two people who have not met before, in one conversation, with what they have said so far. */
async function twoPeople(one: Name, other: Name): Promise<{ one: Person; other: Person; id: string }> {
  const people = { one: await harbour.signIn(one), other: await harbour.signIn(other) }
  await chatWith(people.one, NAMES[other])
  await openConversation(people.other, NAMES[one])
  await say(people.one, 'message 0')
  await message(people.other, 'message 0').waitFor()
  return { ...people, id: openId(people.one) }
}

/** Both pages show exactly what the server holds, in its order, and `expected` is all of it. */
async function expectOneStream(
  people: readonly Person[],
  id: string,
  member: Name,
  expected: readonly string[],
): Promise<void> {
  await expect.poll(() => harbour.history(id, member).then((texts) => [...texts].sort())).toEqual([...expected].sort())
  const history = await harbour.history(id, member)
  for (const person of people) await expect.poll(() => shownTexts(person)).toEqual(history)
}

describe('when sockets do not get through', () => {
  it('chat goes on by poll, says so, and comes back with nothing lost or doubled', async () => {
    const { one: ada, other: dana, id } = await twoPeople('ada', 'dana')
    const said = ['message 0']
    const sayBoth = async (from: Person, to: Person, text: string): Promise<void> => {
      said.push(text)
      await say(from, text)
      await message(to, text).waitFor(SWITCH)
    }
    await live(ada)
    harbour.network.block()
    await Promise.all([slow(ada), slow(dana)])
    await sayBoth(ada, dana, 'message 1')
    await sayBoth(dana, ada, 'message 2')
    await tick(ada, 'message 1', 'Read').waitFor()
    await expect.poll(() => ada.page.getByRole('button', { name: 'Call Dana', exact: true }).isDisabled()).toBe(true)

    harbour.network.unblock()
    // While each finds the way back, the conversation goes on.
    for (let number = 3; number < 9; number++) {
      const [from, to] = number % 2 === 0 ? [ada, dana] : [dana, ada]
      await sayBoth(from, to, `message ${number}`)
    }
    await Promise.all([live(ada), live(dana)])
    await sayBoth(ada, dana, 'message 9')
    await expectOneStream([ada, dana], id, 'ada', said)
  })

  it('one on sockets and one on the poll talk as if nothing were', async () => {
    const { one: ben, other: chidi, id } = await twoPeople('ben', 'chidi')
    // One network alone swallows upgrades and polling.
    await chidi.context.route(`${harbour.network.url}/**`, (route) => route.abort())
    await chidi.context.routeWebSocket(/./, (socket) => socket.close())
    await chidi.page.reload()
    await slow(chidi)
    await message(chidi, 'message 0').waitFor()
    await live(ben)
    await say(ben, 'from the fast lane')
    await message(chidi, 'from the fast lane').waitFor()
    await tick(ben, 'from the fast lane', 'Read').waitFor()
    await say(chidi, 'from the slow lane')
    await message(ben, 'from the slow lane').waitFor()
    await tick(chidi, 'from the slow lane', 'Read').waitFor()
    await expectOneStream([ben, chidi], id, 'ben', ['message 0', 'from the fast lane', 'from the slow lane'])
  })
})

describe('when the socket server is gone', () => {
  it('the API process alone keeps the chat going, also for who comes now, until both are back', async () => {
    const { one: ada, other: chidi, id } = await twoPeople('ada', 'chidi')
    const said = ['message 0']
    await live(ada)
    await harbour.killSockets()
    for (const [person, text] of [
      [ada, 'during 1'],
      [chidi, 'during 2'],
      [ada, 'during 3'],
    ] as const) {
      said.push(text)
      await say(person, text)
    }
    await Promise.all([slow(ada), slow(chidi)])
    await message(chidi, 'during 3').waitFor()
    await message(ada, 'during 2').waitFor()
    await tick(ada, 'during 3', 'Read').waitFor()

    const third = await harbour.signIn('chidi')
    await slow(third)
    await openConversation(third, 'Ada Lindgren')
    await expectOneStream([ada, chidi, third], id, 'ada', said)

    await harbour.startSockets()
    for (let number = 1; number < 7; number++) {
      const text = `again ${number}`
      said.push(text)
      await say(number % 2 === 0 ? ada : chidi, text)
      await message(number % 2 === 0 ? chidi : ada, text).waitFor(SWITCH)
    }
    await Promise.all([live(ada), live(chidi), live(third)])
    said.push('at the end')
    await say(chidi, 'at the end')
    await expectOneStream([ada, chidi, third], id, 'ada', said)
  })
})

describe('when nothing answers', () => {
  it('what is written waits through a reload, and goes out once and in order', async () => {
    const { one: dana, other: ben, id } = await twoPeople('dana', 'ben')
    await live(dana)
    // The page itself can be loaded; Parley cannot be reached on any way.
    await dana.context.route(/\/api\//, (route) => route.abort())
    harbour.network.block()
    await shows(dana, /^Offline: what you write is kept and sent later/)
    const waiting = ['kept 1', 'kept 2', 'kept 3']
    for (const text of waiting) {
      await say(dana, text)
      await tick(dana, text, 'Waiting to be sent').waitFor()
    }
    await dana.page.reload()
    await dana.page.getByText('What you wrote is kept.').waitFor()
    expect(await message(ben, 'kept').count()).toBe(0)

    await dana.context.unroute(/\/api\//)
    harbour.network.unblock()
    await message(ben, 'kept 3').waitFor(SWITCH)
    await tick(dana, 'kept 3', 'Read').waitFor(SWITCH)
    await expectOneStream([dana, ben], id, 'dana', ['message 0', ...waiting])
    expect(await harbour.history(id, 'dana')).toEqual(['message 0', ...waiting])
  })
})
