import type { VoicePerson } from '@parley/client'
import type { VoiceText } from '../../i18n/voice-words.ts'
import { lacksMicrophone } from '../../state/lacks-microphone.ts'

/** How somebody is in voice, in words: what the small pictures on their tile mean. Not whether they speak: that would be chatter. */
export function personStateWords(say: VoiceText, person: VoicePerson): string {
  const parts = [
    person.missingKey
      ? say('stateNoKey')
      : person.listenOnly
        ? say('stateListening')
        : person.hardMuted
          ? say('stateHardMuted')
          : person.muted
            ? say('stateMuted')
            : lacksMicrophone(person)
              ? say('stateNoMicrophone')
              : say('stateOpen'),
    person.deafened && say('stateDeafened'),
    person.hand !== null && say('stateHand'),
    person.volume === 0 && !person.isSelf && say('stateMutedForYou'),
    person.quality === 'poor' && say('qualityPoor'),
  ]
  return parts.filter((part) => part !== false).join(', ')
}
