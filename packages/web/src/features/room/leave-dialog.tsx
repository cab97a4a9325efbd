import { useText } from '../../i18n/text.ts'
import { heirOf } from '../../state/people.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import type { OpenState } from './open-state.ts'
import { useChat, useRoom, useSelf } from './room-context.tsx'

/** Leaving gives up the seat; a host hears who gets the role. */
export function LeaveDialog(state: OpenState) {
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
    />
  )
}
