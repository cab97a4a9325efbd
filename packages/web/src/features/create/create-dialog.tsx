import { useState } from 'react'
import { useText } from '../../i18n/text.ts'
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
  const [room, setRoom] = useState<CreatedRoom | null>(null)

  if (room === null) {
    return (
      <Dialog {...closing} step="form" title={text('create.title')} description={text('create.lead')}>
        <CreateForm onCreated={setRoom} />
      </Dialog>
    )
  }
  return (
    <Dialog {...closing} step="link" title={text('create.readyTitle')}>
      <LinkReady room={room} />
    </Dialog>
  )
}
