import { setTimeout as pause } from 'node:timers/promises'
import { loadWebRtc } from '@parley/bot/webrtc'
import { createRandom } from '../../scenarios/random.ts'
import type { ChaosClient } from '../client.ts'
import type { Population } from '../populate.ts'
import { compareVoice } from './compare-voice.ts'
import { createVoicePerson, type VoicePerson, type VoiceWish } from './voice-person.ts'

/** In every conversation some who can be in its voice. */
export interface Voices extends AsyncDisposable {
  readonly people: number
  /** How often all of them together joined. */
  readonly joins: number
  readonly rejoins: number
  /** Nobody wishes anything else from now on. */
  stop(): void
  /** Who is shown otherwise than they are, when they have had the time to be; those who are `gone` are nowhere. */
  findDisagreements(gone?: readonly ChaosClient[]): Promise<readonly string[]>
  /** Everybody comes into voice: who does not get in, or does not hear the others in the time that it takes. */
  findUnheard(): Promise<readonly string[]>
}

const PEOPLE_PER_PLACE = 3
/** A lease of half a minute, the next look at who is still there, and what it takes to tell. */
const WITHIN_MS = 50_000
const LOOK_MS = 250
/** So often, on average in times of what they wait between two messages, somebody wishes something else. */
const CHANGE_GAPS = 2

/** What they wish, and when, follows from the seed. */
export async function openVoices(
  { places }: Population,
  { seed, gapMs }: { readonly seed: number; readonly gapMs: number },
): Promise<Voices> {
  const rtc = await loadWebRtc()
  const people: VoicePerson[] = []
  for (const place of places) {
    const able = place.clients.filter(({ conversationIds: [first] }) => first === place.id)
    for (const client of able.filter(({ signalling }) => signalling !== null).slice(0, PEOPLE_PER_PLACE)) {
      if (client.signalling !== null) people.push(createVoicePerson(client, client.signalling, rtc))
    }
  }
  const stopping = new AbortController()
  const wishing = Promise.all(
    people.map(async (person, index) => {
      const random = createRandom(seed + index)
      person.wish = { isIn: true, muted: random() < 0.5, hand: false }
      while (!stopping.signal.aborted) {
        await pause(gapMs * CHANGE_GAPS * (0.5 + random()), undefined, { signal: stopping.signal }).catch(() => null)
        if (!stopping.signal.aborted) person.wish = nextWish(person.wish, random())
      }
    }),
  )

  /** Looks until there is nothing to find, or it has had its time. */
  async function findWithin(find: () => readonly string[]): Promise<readonly string[]> {
    const start = performance.now()
    for (;;) {
      const isDue = performance.now() - start > WITHIN_MS
      const found = find()
      if (found.length === 0 || isDue) return found
      await pause(LOOK_MS)
    }
  }

  return {
    people: people.length,
    get joins() {
      return people.reduce((sum, person) => sum + person.joins, 0)
    },
    get rejoins() {
      return people.reduce((sum, person) => sum + person.rejoins, 0)
    },
    stop: () => stopping.abort(),
    findDisagreements: (gone = []) =>
      findWithin(() =>
        places.flatMap((place) => {
          const there = people.filter(
            ({ conversationId, client }) => conversationId === place.id && !gone.includes(client),
          )
          const shown = place.clients.flatMap((client) => {
            const seen = gone.includes(client) ? null : client.inVoice(place.id)
            return seen === null ? [] : [{ name: client.name, way: client.way, seen }]
          })
          return [...unsettled(there), ...compareVoice(place.id, there.map(asIs), shown)]
        }),
      ),
    async findUnheard() {
      for (const person of people) person.wish = { isIn: true, muted: false, hand: false }
      return findWithin(() => people.flatMap((person) => findSilence(person, people)))
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await wishing
      await Promise.all(people.map((person) => person[Symbol.asyncDispose]()))
    },
  }
}

const asIs = ({ client: { userId }, wish }: VoicePerson) => ({ userId, wish })

const unsettled = (people: readonly VoicePerson[]): readonly string[] =>
  people
    .filter(({ isSettled }) => !isSettled)
    .map(
      ({ client, conversationId, wish }) =>
        `${label(client)} can not ${wish.isIn ? 'join' : 'leave'} the voice of ${conversationId}`,
    )

const label = ({ name, way }: ChaosClient): string => `${name} (${way})`

function findSilence(person: VoicePerson, people: readonly VoicePerson[]): readonly string[] {
  const { client, conversationId } = person
  if (!person.isConnected) return [`${label(client)} has no media in the voice of ${conversationId}`]
  return people
    .filter(
      (other) => other !== person && other.conversationId === conversationId && !person.hears(other.client.userId),
    )
    .map((other) => `${label(client)} does not hear ${label(other.client)} in ${conversationId}`)
}

/** `chance`: 0–1. */
function nextWish(wish: VoiceWish, chance: number): VoiceWish {
  if (!wish.isIn) return { ...wish, isIn: chance < 0.7 }
  if (chance < 0.25) return { ...wish, isIn: false }
  return chance < 0.65 ? { ...wish, muted: !wish.muted } : { ...wish, hand: !wish.hand }
}
