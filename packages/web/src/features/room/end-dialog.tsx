import { Download } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import type { LeadingOpenState } from './open-state.ts'
import { useRoom } from './room-context.tsx'

/** The host ends the room for everybody. Nothing of it stays, so what was said can be saved first. */
export function EndDialog({ goOn, ...state }: LeadingOpenState) {
  const text = useText()
  const { room, actions } = useRoom()
  return (
    <ConfirmDialog
      {...state}
      danger
      title={text('room.endTitle')}
      words={text('room.endText')}
      confirm={text('room.endConfirm')}
      onConfirm={() => actions.attempt(room.chat.end())}
    >
      <Button icon={<Download className="size-4.5" />} className="w-full" onClick={() => goOn('export')}>
        {text('room.endExport')}
      </Button>
    </ConfirmDialog>
  )
}
