import { useState } from 'react'
import { useLocation } from 'wouter'
import { useText } from '../../i18n/text.ts'
import { roomPath } from '../../platform/room-code.ts'
import { useClosing } from '../../platform/use-closing.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { type CreatedRoom, CreateForm } from './create-form.tsx'
import { LinkReady } from './link-ready.tsx'

export interface CreateDialogProps {
  /** Somebody's wish to create a room: another one each time. */
  readonly wish: object
  readonly onClose: (wish: object) => void
}

/** Creates a room, then hands out its link. Mounted when it is wanted. */
export function CreateDialog({ wish, onClose }: CreateDialogProps) {
  const text = useText()
  const closing = useClosing(wish, onClose)
  const [, navigate] = useLocation()
  const [room, setRoom] = useState<CreatedRoom | null>(null)

  if (room === null) {
    return (
      <Dialog {...closing} step="form" title={text('create.title')} description={text('create.lead')}>
        <CreateForm onCreated={setRoom} />
      </Dialog>
    )
  }
  const enter = () => navigate(roomPath(room.roomId, room.key))
  return (
    // However it is closed, one is in the room then: only from there is the link to be had again.
    <Dialog open onOpenChange={enter} step="link" title={text('create.readyTitle')}>
      <LinkReady room={room} onEnter={enter} />
    </Dialog>
  )
}
