import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { openMessengerLine, openRoomsLine } from './line.ts'
import { allMessages, openPerson, type Person } from './person.ts'

/** Between the messages of somebody who writes without end. */
const PAUSE_MS = 5
const PATIENCE = { timeout: 60_000, interval: 50 }

type Answer = { readonly ok: boolean; readonly error?: { readonly code: string } }

/** A room with people on both wires and both nodes, on a Redis that may lose what was acknowledged last. */
export interface TalkingRoom {
  readonly roomId: string
  readonly people: readonly Person[]
  /** What was said and acknowledged so far. */
  readonly acknowledged: ReadonlySet<string>
  /** One more device of the guest's, on the first node, and what it is answered when it tries to say something. */
  readonly device: MessengerClient
  tryToSay(): Promise<Answer>
  /** All of them say something now, once. */
  sayOnce(): Promise<void>
  /** All of them talk without a pause from now on, until `stopTalking`. */
  startTalking(): void
  stopTalking(): Promise<void>
  /** Resolves when everybody has been answered some times more. */
  goesOn(): Promise<void>
  /**
   * Throws unless each of them has been told exactly what is stored, in one order, and nothing is stored that was not
   * said, or twice. Gives what was acknowledged and is lost.
   */
  lost(): Promise<readonly string[]>
}

export async function openTalkingRoom(stack: AsyncDisposableStack, urls: readonly [string, string]) {
  const { roomId, token } = await createRestClient(urls[0]).createRoom()
  const guest = await createRestClient(urls[1]).joinRoom(roomId, 'Guest')
  const mayBeFresh = true
  const people = await Promise.all([
    openPerson('Host', openMessengerLine, { url: urls[0], roomId, token, mayBeFresh }),
    openPerson('Guest', openRoomsLine, { url: urls[1], roomId, token: guest.token, mayBeFresh }),
  ])
  for (const person of people) stack.use(person)
  const said = new Map(people.map((person) => [person, 0]))
  const acknowledged = new Set<string>()
  let isTalking = false
  let talks: readonly Promise<void>[] = []
  stack.defer(() => {
    isTalking = false
  })

  async function say(person: Person): Promise<void> {
    const count = (said.get(person) ?? 0) + 1
    said.set(person, count)
    const text = `${person.name} says ${count}`
    await person.say(text)
    acknowledged.add(text)
  }
  async function talk(person: Person): Promise<void> {
    while (isTalking) {
      await say(person)
      await pause(PAUSE_MS)
    }
  }
  const room: TalkingRoom = {
    roomId,
    people,
    acknowledged,
    device: stack.use(await openMessengerClient(urls[0], guest.token)),
    tryToSay: () =>
      room.device.socket
        .timeout(20_000)
        .emitWithAck('message:new', { chatId: roomId, encryptedContent: 'refused', tempId: 'refused' }),
    sayOnce: async () => void (await Promise.all(people.map(say))),
    startTalking() {
      isTalking = true
      talks = people.map(talk)
      void Promise.allSettled(talks)
    },
    async stopTalking() {
      isTalking = false
      await Promise.all(talks)
    },
    async goesOn() {
      const before = new Map(said)
      const least = (): number =>
        Math.min(...people.map((person) => (said.get(person) ?? 0) - (before.get(person) ?? 0)))
      // One who can't talk any more says why.
      await Promise.race([expect.poll(least, PATIENCE).toBeGreaterThan(10), ...talks])
    },
    async lost() {
      const stored = await whenItAnswers(() => allMessages({ url: urls[1], roomId, token }))
      const texts = stored.map(({ text }) => text)
      expect(texts).toEqual([...new Set(texts)])
      expect(texts.filter((text) => !acknowledged.has(text))).toEqual([])
      const ids = stored.map(({ id }) => id)
      for (const person of people) {
        await expect.poll(person.said, PATIENCE).toEqual(ids)
        expect(person.doubles).toEqual([])
      }
      return [...acknowledged].filter((text) => !texts.includes(text))
    },
  }
  return room
}

/** Where another has just taken over, a node may have yet to find it. */
async function whenItAnswers<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('UNAVAILABLE'))) throw error
      await pause(PATIENCE.interval)
    }
  }
}
