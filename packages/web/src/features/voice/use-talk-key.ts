import { createPushToTalk } from '@parley/client/voice'
import { useEffect } from 'react'
import { useVoicePreferences } from '../../platform/voice-preferences.ts'
import { useRoom } from '../room/room-context.tsx'
import { useVoice } from './use-voice.ts'

/** Talks while the chosen key is held, as long as that is how one is heard. */
export function useTalkKey(): void {
  const { voice } = useRoom().room
  const { talkKey } = useVoicePreferences()
  const isOn = useVoice(
    ({ phase, self }) => (phase === 'in' || phase === 'reconnecting') && self.microphone.mode === 'push-to-talk',
  )
  useEffect(() => {
    if (!isOn) return
    const push = createPushToTalk({ voice, key: talkKey })
    document.addEventListener('click', letGoOfButton)
    return () => {
      document.removeEventListener('click', letGoOfButton)
      push.close()
    }
  }, [voice, talkKey, isOn])
}

/** A button that was pressed with a mouse keeps the focus, unseen: the space bar would press it again instead of talking. */
function letGoOfButton({ detail }: MouseEvent): void {
  const focused = document.activeElement
  if (detail > 0 && focused instanceof HTMLButtonElement && !focused.matches(':focus-visible, [aria-expanded="true"]'))
    focused.blur()
}
