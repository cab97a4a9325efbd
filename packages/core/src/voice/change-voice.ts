import { createKeyedQueue } from '../conversations/keyed-queue.ts'
import type { ConversationId, Millis } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { MediaEffects } from './media-effects.ts'
import type { Voice } from './voice.ts'
import type { VoiceDecision } from './voice-people.ts'
import { voiceRefusals } from './voice-refusals.ts'

/** How often a change is decided anew when other nodes keep getting in first. */
const MAX_ATTEMPTS = 25

/**
 * Reads a conversation's voice, lets `decide` decide, and stores that if nothing else changed it meanwhile; otherwise
 * decides again. Then tells what is to be told, and has the media follow. Throws what `decide` throws.
 */
export type ChangeVoice = (
  conversationId: ConversationId,
  decide: (voice: Voice, now: Millis) => VoiceDecision,
  options?: { readonly isTold: boolean },
) => Promise<Voice>

export function createChangeVoice(
  { voice: voices, bus, clock }: Pick<CorePorts, 'voice' | 'bus' | 'clock'>,
  effects: MediaEffects,
): ChangeVoice {
  // One after another within this node: a crowd that comes at once would otherwise decide on the same version.
  const enqueue = createKeyedQueue()

  return async (conversationId, decide, { isTold } = { isTold: true }) => {
    const { before, after } = await enqueue(conversationId, async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const before = await voices.load(conversationId)
        const now = clock.now()
        const decision = decide(before, now)
        const isChanged = decision.voice !== before
        const after = isChanged ? await voices.replace(decision.voice) : before
        if (after === null) continue
        for (const published of decision.tell) bus.publish(published)
        if (isChanged && isTold) {
          const event = { type: 'voice.changed', conversationId, at: now } as const
          bus.publish({ event, audience: { kind: 'topic' }, exceptSession: null })
        }
        return { before, after }
      }
      throw voiceRefusals.busy()
    })
    await effects.follow(before, after)
    return after
  }
}
