import { useVoiceText } from '../../i18n/voice-words.ts'
import { nameIn } from '../../state/people.ts'
import { useChat, useRoom } from '../room/room-context.tsx'
import { useCallUi, useVoice } from './use-voice.ts'

/** Who records, until it was read; `null` afterwards and without a recording. */
export function useRecordingNotice(): { readonly title: string | null; readonly dismiss: () => void } {
  const say = useVoiceText()
  const { call } = useRoom().room
  const recording = useVoice((snapshot) => snapshot.recording)
  const seenAt = useCallUi((ui) => ui.seenRecordingAt)
  const byName = useChat((snapshot) => (recording === null ? null : nameIn(snapshot, recording.byId)))
  const isOwn = useChat((snapshot) => snapshot.selfId !== null && snapshot.selfId === recording?.byId)
  const isShown = recording !== null && seenAt !== recording.startedAt
  return {
    title: !isShown ? null : isOwn ? say('recordingByYou') : say('recordingBy', { name: byName ?? say('theHost') }),
    dismiss: () => call.setState({ seenRecordingAt: recording?.startedAt ?? null }),
  }
}
