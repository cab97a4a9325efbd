import type { ErrorCode } from '@parley/protocol/constants'
import { useMemo } from 'react'
import { type PlainVoiceKey, voiceText } from '../../i18n/voice-words.ts'
import { failureOf } from '../../platform/failure.ts'
import { showToast } from '../../ui/toaster.tsx'
import { useRoom } from '../room/room-context.tsx'
import { cameraFailureWords, screenFailureWords, voiceFailureWords } from './voice-failure-words.ts'

export interface CallActions {
  toggleMuted: () => void
  toggleCamera: () => void
  toggleScreen: () => void
  toggleHand: () => void
  leave: () => void
  /** Runs it and says so when it fails; `words` for what a failure means here. */
  attempt: (work: Promise<unknown>, words?: (code: ErrorCode) => PlainVoiceKey) => Promise<boolean>
}

/** What people do in a call; a failure is said in a toast, in plain words. */
export function useCallActions(): CallActions {
  const { voice } = useRoom().room
  return useMemo(() => {
    const attempt: CallActions['attempt'] = (work, words = voiceFailureWords) =>
      work.then(
        () => true,
        (error: unknown) => {
          showToast(voiceText(words(failureOf(error).code)), { tone: 'danger', id: 'voice-failure' })
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
        void attempt(voice.setCamera(!self().cameraOn), cameraFailureWords)
      },
      toggleScreen() {
        if (self().listenOnly) return
        // Who closes the browser's question chose nothing: that needs no words.
        voice.setScreen(!self().screenOn).catch((error: unknown) => {
          const { code } = failureOf(error)
          if (code !== 'FORBIDDEN')
            showToast(voiceText(screenFailureWords(code)), { tone: 'danger', id: 'voice-failure' })
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
