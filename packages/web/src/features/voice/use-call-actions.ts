import { useMemo } from 'react'
import { type PlainVoiceKey, voiceText } from '../../i18n/voice-words.ts'
import { failureOf } from '../../platform/failure.ts'
import { showToast } from '../../ui/toaster.tsx'
import { useRoom } from '../room/room-context.tsx'
import { voiceFailureWords } from './voice-failure-words.ts'

export interface CallActions {
  toggleMuted: () => void
  toggleCamera: () => void
  toggleScreen: () => void
  toggleHand: () => void
  leave: () => void
  /** Runs it and says so when it fails; `words` for what the failure means here. */
  attempt: (work: Promise<unknown>, words?: PlainVoiceKey) => Promise<boolean>
}

/** What people do in a call; a failure is said in a toast, in plain words. */
export function useCallActions(): CallActions {
  const { voice } = useRoom().room
  return useMemo(() => {
    const attempt: CallActions['attempt'] = (work, words) =>
      work.then(
        () => true,
        (error: unknown) => {
          const key = words ?? voiceFailureWords(failureOf(error).code)
          showToast(voiceText(key), { tone: 'danger', id: 'voice-failure' })
          return false
        },
      )
    const self = () => voice.getSnapshot().self
    return {
      attempt,
      toggleMuted() {
        if (!self().listenOnly && !self().hardMuted) voice.setMuted(!self().muted)
      },
      toggleCamera() {
        if (self().listenOnly) return
        void attempt(voice.setCamera(!self().cameraOn), self().cameraOn ? undefined : 'cameraFailed')
      },
      toggleScreen() {
        if (self().listenOnly) return
        // Who closes the browser's question chose nothing: that needs no words.
        voice.setScreen(!self().screenOn).catch((error: unknown) => {
          if (failureOf(error).code !== 'FORBIDDEN') showToast(voiceText('screenFailed'), { tone: 'danger' })
        })
      },
      toggleHand() {
        void attempt(voice.raiseHand(!self().hand))
      },
      leave() {
        void attempt(voice.leave())
      },
    }
  }, [voice])
}
