import { Check, Copy, Share2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { formatTime } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { copyText } from '../../platform/clipboard.ts'
import { roomLink } from '../../platform/room-code.ts'
import { Button } from '../../ui/button.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import type { CreatedRoom } from './create-form.tsx'

const confirmationMs = 2500

export interface LinkReadyProps {
  readonly room: CreatedRoom
  readonly onEnter: () => void
}

/** The link to copy, share and scan, and the way in. */
export function LinkReady({ room, onEnter }: LinkReadyProps) {
  const text = useText()
  const [copied, setCopied] = useState<'no' | 'yes' | 'refused'>('no')
  const copyButton = useRef<HTMLButtonElement>(null)
  const link = roomLink(room.roomId, room.key)
  const canShare = typeof navigator.share === 'function'

  // The form that had the focus is gone: it moves to the next thing to do.
  useEffect(() => copyButton.current?.focus({ preventScroll: true }), [])

  useEffect(() => {
    if (copied !== 'yes') return
    const timer = setTimeout(() => setCopied('no'), confirmationMs)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = async () => setCopied((await copyText(link)) ? 'yes' : 'refused')
  const share = () => {
    const data = { title: room.name, text: text('create.shareText', { room: room.name }), url: link }
    // Rejects when the person closes the sheet, which is no failure.
    navigator.share(data).catch(() => undefined)
  }

  return (
    <div className="flex flex-col gap-6">
      <div className="text-sm">
        <p className="line-clamp-2 font-semibold text-base">
          <bdi>{room.name}</bdi>
        </p>
        <p className="mt-1 text-ink-2">{text('create.readyLead', { time: formatTime(room.expiresAt) })}</p>
        {room.key !== null && <p className="mt-1 text-ink-2">{text('create.keyInLink')}</p>}
      </div>
      <div className="flex flex-col gap-3">
        <input
          readOnly
          value={link}
          dir="ltr"
          aria-label={text('create.link')}
          onFocus={(event) => event.target.select()}
          className="h-12 w-full min-w-0 rounded-s border border-line-strong bg-surface-3 px-3.5 text-center font-mono text-xs sm:text-sm"
        />
        <div className="flex gap-3">
          <Button
            ref={copyButton}
            className="flex-1"
            icon={copied === 'yes' ? <Check size={18} className="text-success" /> : <Copy size={18} />}
            onClick={() => void copy()}
          >
            {text(copied === 'yes' ? 'create.linkCopied' : 'create.copyLink')}
          </Button>
          {canShare && (
            <Button className="flex-1" icon={<Share2 size={18} />} onClick={share}>
              {text('create.share')}
            </Button>
          )}
        </div>
        <p role="status" className={copied === 'refused' ? 'text-danger text-sm' : 'sr-only'}>
          {copied === 'yes' && text('create.linkCopied')}
          {copied === 'refused' && text('create.copyFailed')}
        </p>
      </div>
      <figure className="flex flex-col items-center gap-2.5">
        <QrCode value={link} label={text('create.qr')} className="size-44" />
        <figcaption className="text-ink-3 text-sm">{text('create.scan')}</figcaption>
      </figure>
      <Button variant="primary" size="l" onClick={onEnter}>
        {text('create.enter')}
      </Button>
    </div>
  )
}
