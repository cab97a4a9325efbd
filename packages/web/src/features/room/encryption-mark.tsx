import { ShieldAlert, ShieldCheck } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { useChat, useOpenDialog } from './room-context.tsx'

/** Beside the room's name: that it is encrypted end to end, or that its key is missing; opens what there is to know. */
export function EncryptionMark() {
  const text = useText()
  const openDialog = useOpenDialog()
  const encryption = useChat((snapshot) => snapshot.encryption)
  if (encryption === 'none') return null
  const isOn = encryption === 'on'
  return (
    <IconButton
      size="s"
      label={text(isOn ? 'create.encrypted' : 'room.encryptedNotRead')}
      icon={isOn ? <ShieldCheck className="size-4.25" /> : <ShieldAlert className="size-4.25" />}
      onClick={() => openDialog({ name: 'encryption' })}
      className={isOn ? 'size-6! text-success!' : 'size-6! text-warning!'}
    />
  )
}
