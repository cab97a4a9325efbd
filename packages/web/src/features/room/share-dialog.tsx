import { useText } from '../../i18n/text.ts'
import { roomLink } from '../../platform/room-code.ts'
import { shareLead } from '../../state/share-lead.ts'
import { Banner } from '../../ui/banner.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { LinkField } from '../../ui/link-field.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import type { OpenState } from './open-state.ts'
import { useChat, useRoom } from './room-context.tsx'

/** The link to copy, share and scan. */
export function ShareDialog(state: OpenState) {
  const text = useText()
  const { room } = useRoom()
  const name = useChat((snapshot) => snapshot.chat?.name ?? '')
  const lead = useChat(({ chat }) => (chat === null ? 'room.shareLead' : shareLead(chat)))
  const lacksKey = useChat(({ encryption }) => encryption === 'missing-key')
  const link = roomLink(room.chat.chatId, room.key)

  return (
    <Dialog {...state} size="s" title={text('room.shareTitle')} description={text(lead)}>
      <div className="flex flex-col items-center gap-4">
        {lacksKey && <Banner tone="warning">{text('join.keyMissing')}</Banner>}
        <QrCode value={link} label={text('room.qrLabel')} className="size-48" />
        <p className="-mt-1 text-ink-3 text-xs">{text('room.qrHint')}</p>
        <LinkField link={link} roomName={name} isPrimary />
      </div>
    </Dialog>
  )
}
