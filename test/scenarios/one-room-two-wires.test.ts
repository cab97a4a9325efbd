import { setImmediate } from 'node:timers/promises'
import type { rooms } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRestClient } from '../clients/rest-client.ts'
import { openMessengerLine, openRoomsLine } from './line.ts'
import { openPerson, type Person } from './person.ts'
import { chooseSeed, createRandom } from './random.ts'

const STEPS = 400

let server: TestServer
beforeAll(async () => {
  server = await startServer({ rateLimits: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

/** Four people in a new room, two on each wire. */
async function openFour(stack: AsyncDisposableStack) {
  const rest = createRestClient(server.url)
  const { roomId, token } = await rest.createRoom({ hostName: 'Ann' })
  const people: Person[] = []
  for (const [name, openLine] of [
    ['Ann', openRoomsLine],
    ['Bob', openMessengerLine],
    ['Cleo', openRoomsLine],
    ['Dan', openMessengerLine],
  ] as const) {
    const own = name === 'Ann' ? token : (await rest.joinRoom(roomId, name)).token
    people.push(stack.use(await openPerson(name, openLine, { url: server.url, roomId, token: own })))
  }
  /** All that was said, oldest first, as REST tells it. */
  async function history(): Promise<rooms.Message[]> {
    const messages: rooms.Message[] = []
    for (;;) {
      const page = await rest.history(roomId, token, messages[0]?.seq)
      messages.unshift(...page.messages)
      if (!page.hasMore) return messages
    }
  }
  return { people, history }
}

async function expectOneView(people: readonly Person[], history: readonly rooms.Message[]): Promise<void> {
  const lastRev = history.at(-1)?.seq ?? 0
  await Promise.all(people.map((person) => person.caughtUp(lastRev)))
  const ids = history.map(({ id }) => id)
  for (const person of people) {
    expect(person.said(), `what ${person.name} was told`).toEqual(ids)
    expect(person.doubles, `told twice to ${person.name}`).toEqual([])
  }
}

describe('one room, two wires and REST', () => {
  it('shows everyone the same messages in the same order', async () => {
    await using stack = new AsyncDisposableStack()
    const { people, history } = await openFour(stack)
    await Promise.all(
      people.map(async (person) => {
        for (let number = 1; number <= 25; number++) await person.say(`${person.name} ${number}`)
      }),
    )
    const messages = await history()
    expect(messages).toHaveLength(100)
    for (const { name } of people) {
      const own = messages.filter((message) => message.name === name).map(({ text }) => text)
      expect(own).toEqual(Array.from({ length: 25 }, (_, index) => `${name} ${index + 1}`))
    }
    await expectOneView(people, messages)
  })

  const seed = chooseSeed()
  it(`loses nothing, doubles nothing and keeps one order when lines are cut (SEED=${seed})`, async () => {
    await using stack = new AsyncDisposableStack()
    const { people, history } = await openFour(stack)
    const random = createRandom(seed)
    const anybody = (): Person => {
      const person = people[Math.floor(random() * people.length)]
      if (person === undefined) throw new Error('there is nobody')
      return person
    }
    const saying = new Map(people.map((person) => [person, Promise.resolve()]))
    const said = new Map(people.map((person) => [person, [] as string[]]))
    let cuts = 0
    for (let step = 0; step < STEPS; step++) {
      const person = anybody()
      const chance = random()
      if (chance < 0.6) {
        const text = `${person.name} at ${step}`
        said.get(person)?.push(text)
        saying.set(
          person,
          saying.get(person)?.then(() => person.say(text)) ?? Promise.reject(new Error('nobody says this')),
        )
      } else if (chance < 0.75) {
        cuts += 1
        person.cut()
      } else {
        await setImmediate()
      }
      // Now and then everything arrives before the next cut; otherwise cuts fall into the middle of it.
      if (random() < 0.05) await saying.get(person)
    }
    await Promise.all(saying.values())

    const messages = await history()
    for (const [{ name }, texts] of said) {
      expect(messages.filter((message) => message.name === name).map(({ text }) => text)).toEqual(texts)
    }
    await expectOneView(people, messages)
    expect(cuts).toBeGreaterThan(20)
    expect(people.reduce((sum, { recoveries }) => sum + recoveries, 0)).toBeGreaterThan(4)
  })
})
