import { useState } from 'react'
import { useVoiceText, voiceText } from '../../i18n/voice-words.ts'
import { useClosing } from '../../platform/use-closing.ts'
import type { CallDialog } from '../../state/call-ui.ts'
import { showToast } from '../../ui/toaster.tsx'
import { ConfirmDialog } from '../room/confirm-dialog.tsx'
import { useRoom } from '../room/room-context.tsx'
import { LineCheckDialog } from './line-check-dialog.tsx'
import { PreJoinDialog } from './pre-join-dialog.tsx'
import { RecordingsDialog } from './recordings-dialog.tsx'
import { StatisticsDialog } from './statistics-dialog.tsx'
import { useCallActions } from './use-call-actions.ts'
import { useCallUi } from './use-voice.ts'
import { VoiceSettingsDialog } from './voice-settings-dialog.tsx'

/** The one dialog of the call that is open. */
export function CallDialogs() {
  const dialog = useCallUi((ui) => ui.dialog)
  return dialog === null ? null : <OpenDialog key={dialog} name={dialog} />
}

function OpenDialog({ name }: { readonly name: CallDialog }) {
  const say = useVoiceText()
  const { room } = useRoom()
  const { attempt } = useCallActions()
  const [wish] = useState(() => ({ name }))
  const state = useClosing(wish, () => {
    if (room.call.getState().dialog === name) room.call.setState({ dialog: null })
  })
  switch (name) {
    case 'pre-join':
      return <PreJoinDialog {...state} />
    case 'settings':
      return <VoiceSettingsDialog {...state} />
    case 'statistics':
      return <StatisticsDialog {...state} />
    case 'line-check':
      return <LineCheckDialog {...state} />
    case 'recordings':
      return <RecordingsDialog {...state} />
    case 'record':
      return (
        <ConfirmDialog
          {...state}
          title={say('recordTitle')}
          words={say('recordWords')}
          confirm={say('recordConfirm')}
          onConfirm={async () => {
            const worked = await attempt(room.voice.record(true))
            if (worked) showToast(voiceText('recordStarted'), { tone: 'success', id: 'record' })
            return worked
          }}
        />
      )
  }
}
