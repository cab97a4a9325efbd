import type { Member } from '@parley/protocol/messenger'
import type { VoicePerson } from './voice-types.ts'
import type { VoiceParticipant } from './voice-wire.ts'

/** What we know of somebody beside what the server says. */
export interface HeardPerson {
  readonly level: number
  readonly speaking: boolean
  readonly volume: number
  readonly video: VoicePerson['video']
  readonly hasAudio: boolean
  readonly missingKey: boolean
  readonly isSelf: boolean
}

/** People of voice; those who did not change stay the same objects, and so does the list. */
export function createVoicePeople() {
  let list: readonly VoicePerson[] = []

  return {
    update(participants: readonly VoiceParticipant[], heard: (userId: string) => HeardPerson): readonly VoicePerson[] {
      const before = new Map(list.map((person) => [person.userId, person]))
      const next = participants.map(({ legs: _, ...participant }) => {
        const person: VoicePerson = { ...participant, ...heard(participant.userId) }
        const known = before.get(person.userId)
        return known !== undefined && isSame(known, person) ? known : person
      })
      if (next.length !== list.length || next.some((person, index) => person !== list[index])) list = next
      return list
    },
  }
}

function isSame(a: VoicePerson, b: VoicePerson): boolean {
  return (Object.keys(b) as (keyof VoicePerson)[]).every((key) => {
    if (key === 'sources') return a.sources.join() === b.sources.join()
    if (key !== 'video') return a[key] === b[key]
    return a.video.length === b.video.length && a.video.every(({ stream }, index) => stream === b.video[index]?.stream)
  })
}

/** Who is in voice, as far as the list of members tells: all that is known before the first word of voice itself. */
export const participantsAmong = (members: readonly Member[]): readonly VoiceParticipant[] =>
  members.flatMap(({ userId, name, joinedAt, voice }) =>
    voice.joined
      ? [
          {
            userId,
            name,
            joinedAt,
            muted: voice.muted,
            hardMuted: false,
            deafened: false,
            listenOnly: false,
            speaking: voice.speaking,
            legs: 0,
            // No more is told of it than this, and who lacks a microphone is the exception.
            sources: voice.muted ? [] : ['mic' as const],
            hand: null,
            quality: 'unknown' as const,
          },
        ]
      : [],
  )
