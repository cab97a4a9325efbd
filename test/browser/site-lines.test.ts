import type { Person } from '@parley/testkit/browser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

/** A new way is found by itself within so long. */
const SWITCH = { timeout: 45_000 }

let harbour: Harbour
beforeEach(async () => {
  harbour = await openHarbour()
})
afterEach(() => harbour[Symbol.asyncDispose]())

const shows = (person: Person, words: RegExp): Promise<void> => transport(person).getByText(words).waitFor(SWITCH)
const live = (person: Person): Promise<void> => shows(person, /^Live$/)
const slow = (person: Person): Promise<void> => shows(person, /^Slow lane/)

/** Two people in one conversation, with what they have said so far. */
async function twoPeople(): Promise<{ ada: Person; dana: Person; id: string }> {
  const ada = await harbour.signIn('ada')
  const dana = await harbour.signIn('dana')
  await chatWith(ada, 'Dana Haddad')
  await openConversation(dana, 'Ada Lindgren')
  await say(ada, 'message 0')
  await message(dana, 'message 0').waitFor()
  return { ada, dana, id: openId(ada) }
}

/** Both pages show exactly what the server holds, in its order, and `expected` is all of it. */
async function expectOneStream(people: readonly Person[], id: string, expected: readonly string[]): Promise<void> {
  await expect.poll(() => harbour.history(id, 'ada').then((texts) => [...texts].sort())).toEqual([...expected].sort())
  const history = await harbour.history(id, 'ada')
  for (const person of people) await expect.poll(() => shownTexts(person)).toEqual(history)
}

describe('when sockets do not get through', () => {
  it('chat goes on by poll, says so, and comes back with nothing lost or doubled', async () => {
    const { ada, dana, id } = await twoPeople()
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
    expect(await ada.page.getByRole('button', { name: 'Call Dana', exact: true }).isDisabled()).toBe(true)

    harbour.network.unblock()
    // While each finds the way back, the conversation goes on.
    for (let number = 3; number < 9; number++) {
      const [from, to] = number % 2 === 0 ? [ada, dana] : [dana, ada]
      await sayBoth(from, to, `message ${number}`)
    }
    await Promise.all([live(ada), live(dana)])
    await sayBoth(ada, dana, 'message 9')
    await expectOneStream([ada, dana], id, said)
  })

  it('one on sockets and one on the poll talk as if nothing were', async () => {
    const { ada, dana, id } = await twoPeople()
    // Her network alone swallows upgrades and polling.
    await dana.context.route(`${harbour.network.url}/**`, (route) => route.abort())
    await dana.context.routeWebSocket(/./, (socket) => socket.close())
    await dana.page.reload()
    await slow(dana)
    await message(dana, 'message 0').waitFor()
    await live(ada)
    await say(ada, 'from the fast lane')
    await message(dana, 'from the fast lane').waitFor()
    await tick(ada, 'from the fast lane', 'Read').waitFor()
    await say(dana, 'from the slow lane')
    await message(ada, 'from the slow lane').waitFor()
    await tick(dana, 'from the slow lane', 'Read').waitFor()
    await expectOneStream([ada, dana], id, ['message 0', 'from the fast lane', 'from the slow lane'])
  })
})

describe('when the socket server is gone', () => {
  it('the API process alone keeps the chat going, also for who comes now, until both are back', async () => {
    const { ada, dana, id } = await twoPeople()
    const said = ['message 0']
    await live(ada)
    await harbour.killSockets()
    for (const [person, text] of [
      [ada, 'during 1'],
      [dana, 'during 2'],
      [ada, 'during 3'],
    ] as const) {
      said.push(text)
      await say(person, text)
    }
    await Promise.all([slow(ada), slow(dana)])
    await message(dana, 'during 3').waitFor()
    await message(ada, 'during 2').waitFor()
    await tick(ada, 'during 3', 'Read').waitFor()

    const other = await harbour.signIn('dana')
    await slow(other)
    await openConversation(other, 'Ada Lindgren')
    await expectOneStream([ada, dana, other], id, said)

    await harbour.startSockets()
    for (let number = 1; number < 7; number++) {
      const text = `again ${number}`
      said.push(text)
      await say(number % 2 === 0 ? ada : dana, text)
      await message(number % 2 === 0 ? dana : ada, text).waitFor(SWITCH)
    }
    await Promise.all([live(ada), live(dana), live(other)])
    said.push('at the end')
    await say(dana, 'at the end')
    await expectOneStream([ada, dana, other], id, said)
  })
})

describe('when nothing answers', () => {
  it('what is written waits through a reload, and goes out once and in order', async () => {
    const { ada, dana, id } = await twoPeople()
    await live(ada)
    // The page itself can be loaded; Parley cannot be reached on any way.
    await ada.context.route(/\/api\//, (route) => route.abort())
    harbour.network.block()
    await shows(ada, /^Offline: what you write is kept and sent later/)
    const waiting = ['kept 1', 'kept 2', 'kept 3']
    for (const text of waiting) {
      await say(ada, text)
      await tick(ada, text, 'Waiting to be sent').waitFor()
    }
    await ada.page.reload()
    await ada.page.getByText('What you wrote is kept.').waitFor()
    expect(await message(dana, 'kept').count()).toBe(0)

    await ada.context.unroute(/\/api\//)
    harbour.network.unblock()
    await message(dana, 'kept 3').waitFor(SWITCH)
    await tick(ada, 'kept 3', 'Read').waitFor(SWITCH)
    await expectOneStream([ada, dana], id, ['message 0', ...waiting])
    expect(await harbour.history(id, 'ada')).toEqual(['message 0', ...waiting])
  })
})
