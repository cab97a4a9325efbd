import { Check, Copy, Share2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { copyText } from '../../platform/clipboard.ts'
import { roomLink } from '../../platform/room-code.ts'
import { shareLead } from '../../state/share-lead.ts'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import type { OpenState } from './open-state.ts'
import { useChat, useRoom } from './room-context.tsx'

const CONFIRMATION_MS = 2500

/** The link to copy, share and scan. */
export function ShareDialog(state: OpenState) {
  const text = useText()
  const { room } = useRoom()
  const name = useChat((snapshot) => snapshot.chat?.name ?? '')
  const lead = useChat(({ chat }) => (chat === null ? 'room.shareLead' : shareLead(chat)))
  const lacksKey = useChat(({ encryption }) => encryption === 'missing-key')
  const [copied, setCopied] = useState<boolean | null>(null)
  const link = roomLink(room.chat.chatId, room.key)

  useEffect(() => {
    if (copied !== true) return
    const timer = setTimeout(() => setCopied(null), CONFIRMATION_MS)
    return () => clearTimeout(timer)
  }, [copied])

  const share = () => {
    // Rejects when the person closes the sheet, which is no failure.
    navigator.share({ title: name, text: text('room.shareText', { room: name }), url: link }).catch(() => undefined)
  }

  return (
    <Dialog {...state} size="s" title={text('room.shareTitle')} description={text(lead)}>
      <div className="flex flex-col items-center gap-4">
        {lacksKey && <Banner tone="warning">{text('join.keyMissing')}</Banner>}
        <QrCode value={link} label={text('room.qrLabel')} className="size-48" />
        <p className="-mt-1 text-ink-3 text-xs">{text('room.qrHint')}</p>
        <input
          readOnly
          value={link}
          dir="ltr"
          aria-label={text('room.linkLabel')}
          onFocus={(event) => event.target.select()}
          className="h-12 w-full min-w-0 rounded-s border border-line-strong bg-surface-3 px-3.5 text-center font-mono text-sm"
        />
        <div className="flex w-full gap-3">
          <Button
            variant="primary"
            className="flex-1"
            icon={copied === true ? <Check size={18} /> : <Copy size={18} />}
            onClick={() => void copyText(link).then(setCopied)}
          >
            {text(copied === true ? 'room.linkCopied' : 'room.copyLink')}
          </Button>
          {typeof navigator.share === 'function' && (
            <Button className="flex-1" icon={<Share2 size={18} />} onClick={share}>
              {text('room.share')}
            </Button>
          )}
        </div>
        <p role="status" className={copied === false ? 'text-danger text-sm' : 'sr-only'}>
          {copied === true && text('room.linkCopied')}
          {copied === false && text('room.copyFailed')}
        </p>
      </div>
    </Dialog>
  )
}
