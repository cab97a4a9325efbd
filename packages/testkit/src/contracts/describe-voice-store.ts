import { randomUUID } from 'node:crypto'
import { emptyVoice, type VoiceParticipant } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { Open, VoiceStores } from './open-stores.ts'

const NOW = Date.UTC(2030, 0, 1)

/** Somebody in voice. */
export const sampleParticipant = (userId: string, more: Partial<VoiceParticipant> = {}): VoiceParticipant => ({
  ...{ userId, name: `${userId} "quoted" – ünïcode 😀`, sessionId: `${userId}:1`, joinedAt: NOW, legs: 1 },
  ...{ muted: false, hardMuted: false, silenced: false, deafened: false, listenOnly: false, maySend: true },
  ...{ speaking: false, sources: ['mic', 'screen'], hand: null, quality: 'unknown', goneSince: null },
  ...more,
})

/** What every `VoiceStore` promises. */
export function describeVoiceStore(name: string, open: Open<VoiceStores>): void {
  /** In a conversation of this run alone. */
  const conversation = () => `voice-${randomUUID()}`

  describe(`${name}: voice`, () => {
    test('is empty at first, and is read as it was stored', async () => {
      await using stores = await open()
      const id = conversation()
      const empty = await stores.voice.load(id)
      expect(empty).toEqual(emptyVoice(id))
      const [ann, bob] = [
        sampleParticipant(`ann-${id}`),
        sampleParticipant(`bob-${id}`, { hand: NOW, goneSince: NOW + 1 }),
      ]
      const recording = { startedAt: NOW, byId: ann.userId }
      const about = { recording, isEncrypted: true, endsAt: NOW + 3_600_000 }
      const wanted = { ...empty, participants: [ann, bob], hardMuted: [bob.userId], ...about }
      const stored = await stores.voice.replace(wanted)
      expect(stored).toEqual({ ...wanted, version: stored?.version })
      expect(await stores.voice.load(id)).toEqual(stored)
    })

    test('a change is stored on the version that it was decided on, and on no other', async () => {
      await using stores = await open()
      const id = conversation()
      const empty = await stores.voice.load(id)
      const first = await stores.voice.replace({ ...empty, participants: [sampleParticipant(`ann-${id}`)] })
      expect(await stores.voice.replace({ ...empty, participants: [sampleParticipant(`bob-${id}`)] })).toBeNull()
      const second = first && (await stores.voice.replace({ ...first, hardMuted: ['ann'] }))
      expect(second?.version).not.toBe(first?.version)
      expect(first && (await stores.voice.replace({ ...first, hardMuted: [] }))).toBeNull()
      expect((await stores.voice.load(id)).hardMuted).toEqual(['ann'])
    })

    test('of changes that come at once, one is stored', async () => {
      await using stores = await open()
      const id = conversation()
      const empty = await stores.voice.load(id)
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          stores.voice.replace({ ...empty, participants: [sampleParticipant(`user-${n}-${id}`)] }),
        ),
      )
      expect(results.filter((one) => one !== null)).toHaveLength(1)
    })

    test('one that was forgotten in between is not taken for the one of before', async () => {
      await using stores = await open()
      const id = conversation()
      const empty = await stores.voice.load(id)
      const first = await stores.voice.replace({ ...empty, participants: [sampleParticipant(`ann-${id}`)] })
      if (first === null) throw new Error('nothing else changes it')
      const forgotten = await stores.voice.replace({ ...first, participants: [] })
      expect([forgotten, await stores.voice.load(id)]).toEqual([empty, empty])
      await stores.voice.replace({ ...empty, participants: [sampleParticipant(`bob-${id}`)] })
      expect(await stores.voice.replace({ ...first, hardMuted: ['bob'] })).toBeNull()
    })

    test('who is kept muted is remembered when nobody is in voice', async () => {
      await using stores = await open()
      const id = conversation()
      await stores.voice.replace({ ...emptyVoice(id), hardMuted: ['bob'] })
      expect((await stores.voice.load(id)).hardMuted).toEqual(['bob'])
    })

    test('of several it is known at which version they are', async () => {
      await using stores = await open()
      const [none, some, over] = [conversation(), conversation(), conversation()]
      const first = await stores.voice.replace({
        ...emptyVoice(some),
        participants: [sampleParticipant(`ann-${some}`)],
      })
      const second = first && (await stores.voice.replace({ ...first, hardMuted: ['bob'] }))
      const ended = await stores.voice.replace({
        ...emptyVoice(over),
        participants: [sampleParticipant(`ann-${over}`)],
      })
      if (ended) await stores.voice.replace({ ...ended, participants: [] })
      expect(await stores.voice.versions([none, some, over])).toEqual(new Map([[some, second?.version]]))
      expect(await stores.voice.versions([])).toEqual(new Map())
    })

    test('it is known where a session is', async () => {
      await using stores = await open()
      const id = conversation()
      const ann = sampleParticipant(`ann-${id}`)
      const first = await stores.voice.replace({
        ...emptyVoice(id),
        participants: [ann, sampleParticipant(`bob-${id}`)],
      })
      expect(await stores.voice.placeOf(ann.sessionId)).toBe(id)
      const moved =
        first && (await stores.voice.replace({ ...first, participants: [{ ...ann, sessionId: `${id}:2` }] }))
      const places = [ann.sessionId, `bob-${id}:1`, `${id}:2`].map((session) => stores.voice.placeOf(session))
      expect(await Promise.all(places)).toEqual([null, null, id])
      if (moved) await stores.voice.replace({ ...moved, participants: [] })
      expect(await stores.voice.placeOf(`${id}:2`)).toBeNull()
    })
  })
}
