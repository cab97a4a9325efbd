import { DoorClosed } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { heirOf } from '../../state/people.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import type { LeadingOpenState } from './open-state.ts'
import { useChat, useRoom, useSelf } from './room-context.tsx'

/** Leaving gives up the seat; a host hears who gets the role, and may end the room instead. */
export function LeaveDialog({ goOn, ...state }: LeadingOpenState) {
  const text = useText()
  const { room, actions } = useRoom()
  const self = useSelf()
  const members = useChat((snapshot) => snapshot.members)
  const heir = heirOf(members.filter(({ userId }) => userId !== self?.userId))
  const words =
    heir === undefined
      ? text('room.leaveAloneText')
      : self?.role === 'host'
        ? text('room.leaveHostText', { name: heir.name })
        : text('room.leaveText')
  return (
    <ConfirmDialog
      {...state}
      title={text('room.leaveTitle')}
      words={words}
      confirm={text('room.leaveConfirm')}
      cancel={text('room.stay')}
      onConfirm={() => actions.attempt(room.chat.leave())}
    >
      {self?.role === 'host' && (
        <Button icon={<DoorClosed className="size-4.5" />} className="w-full" onClick={() => goOn('end')}>
          {text('room.endInstead')}
        </Button>
      )}
    </ConfirmDialog>
  )
}
