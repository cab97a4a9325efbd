import { useRef } from 'react'
import { text as say, useText } from '../../i18n/text.ts'
import { useClosing } from '../../platform/use-closing.ts'
import type { PersonDialog, PlainDialog, RoomDialog } from '../../state/room-ui.ts'
import { showToast } from '../../ui/toaster.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { EncryptionDialog } from './encryption-dialog.tsx'
import { EndDialog } from './end-dialog.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { ExtendDialog } from './extend-dialog.tsx'
import { FullTextDialog } from './full-text-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import type { OpenState } from './open-state.ts'
import { useRoom, useRoomUi } from './room-context.tsx'
import { SettingsDialog } from './settings-dialog.tsx'
import { ShareDialog } from './share-dialog.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'

export { MessageSheet } from './message-sheet.tsx'

/** The one dialog that is open, if any. */
export function RoomDialogs() {
  const dialog = useRoomUi((ui) => ui.dialog)
  if (dialog === null) return null
  return <OpenDialog key={dialog.name} dialog={dialog} />
}

function OpenDialog({ dialog }: { readonly dialog: RoomDialog }) {
  const { room } = useRoom()
  const next = useRef<PlainDialog>(null)
  const state = useClosing(dialog, (closed) => {
    if (room.ui.getState().dialog === closed) room.ui.setState({ dialog: next.current && { name: next.current } })
  })
  const goOn = (to: PlainDialog) => {
    next.current = to
    state.onOpenChange(false)
  }
  switch (dialog.name) {
    case 'share':
      return <ShareDialog {...state} />
    case 'extend':
      return <ExtendDialog {...state} />
    case 'export':
      return <ExportDialog {...state} />
    case 'settings':
      return <SettingsDialog {...state} />
    case 'shortcuts':
      return <ShortcutsDialog {...state} />
    case 'leave':
      return <LeaveDialog {...state} goOn={goOn} />
    case 'end':
      return <EndDialog {...state} goOn={goOn} />
    case 'encryption':
      return <EncryptionDialog {...state} />
    case 'full-text':
      return <FullTextDialog item={dialog.item} {...state} />
    default:
      return <Question dialog={dialog} {...state} />
  }
}

interface QuestionProps extends OpenState {
  readonly dialog: Extract<RoomDialog, { name: 'delete' }> | PersonDialog
}

function Question({ dialog, ...state }: QuestionProps) {
  const text = useText()
  const { room, actions } = useRoom()
  switch (dialog.name) {
    case 'delete':
      return (
        <ConfirmDialog
          {...state}
          danger
          title={text('room.deleteTitle')}
          words={text('room.deleteText')}
          confirm={text('room.delete')}
          onConfirm={() => actions.attempt(room.chat.delete(dialog.item.message.id))}
        />
      )
    case 'hand-over': {
      const { userId, name } = dialog.member
      const handOver = async () => {
        const worked = await actions.attempt(room.chat.setRole(userId, 'host'))
        if (worked) showToast(say('room.becameHost', { name }), { tone: 'success' })
        return worked
      }
      return (
        <ConfirmDialog
          {...state}
          title={text('room.handOverTitle', { name })}
          words={text('room.handOverText', { name })}
          confirm={text('room.handOver')}
          onConfirm={handOver}
        />
      )
    }
    case 'remove':
    case 'ban': {
      const { userId, name } = dialog.member
      const isBan = dialog.name === 'ban'
      return (
        <ConfirmDialog
          {...state}
          danger
          title={text(isBan ? 'room.banTitle' : 'room.removeTitle', { name })}
          words={text(isBan ? 'room.banText' : 'room.removeText', { name })}
          confirm={text(isBan ? 'room.banConfirm' : 'room.removeConfirm')}
          onConfirm={() => actions.attempt(room.chat.kick(userId, isBan))}
        />
      )
    }
  }
}
