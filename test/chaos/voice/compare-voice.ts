import type { SeenInVoice } from './seen-in-voice.ts'
import type { VoiceWish } from './voice-person.ts'

interface Shown {
  readonly name: string
  readonly way: string
  readonly seen: readonly SeenInVoice[]
}

/** One line for each client that shows something else than there is. */
export function compareVoice(
  conversationId: string,
  people: readonly { readonly userId: string; readonly wish: VoiceWish }[],
  shown: readonly Shown[],
): readonly string[] {
  const there: readonly SeenInVoice[] = people
    .filter(({ wish }) => wish.isIn)
    .map(({ userId, wish: { muted, hand } }) => ({ userId, muted, hand }))
  return shown.flatMap(({ name, way, seen }) => {
    const saysHands = seen.every(({ hand }) => hand !== null)
    const [is, isShown] = [there, seen].map((list) =>
      list
        .map((one) => brief(one, saysHands))
        .sort()
        .join(', '),
    )
    if (is === isShown) return []
    return [
      `${name} (${way}) shows in the voice of ${conversationId}: ${isShown || 'nobody'}; and there is: ${is || 'nobody'}`,
    ]
  })
}

const brief = ({ userId, muted, hand }: SeenInVoice, saysHand: boolean): string =>
  [userId, muted && 'muted', saysHand && hand === true && 'hand up'].filter(Boolean).join(' ')
