import { Check, Copy, Share2 } from 'lucide-react'
import { type Ref, useEffect, useState } from 'react'
import { useText } from '../i18n/text.ts'
import { copyText } from '../platform/clipboard.ts'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'

const CONFIRMATION_MS = 2500

export interface LinkFieldProps {
  readonly link: string
  readonly roomName: string
  /** Copying is the one thing to do here. */
  readonly isPrimary?: boolean
  readonly copyButtonRef?: Ref<HTMLButtonElement>
}

/** A room's link to read and to copy, and to share where the device can. */
export function LinkField({ link, roomName, isPrimary = false, copyButtonRef }: LinkFieldProps) {
  const text = useText()
  const [copied, setCopied] = useState<boolean | null>(null)

  useEffect(() => {
    if (copied !== true) return
    const timer = setTimeout(() => setCopied(null), CONFIRMATION_MS)
    return () => clearTimeout(timer)
  }, [copied])

  const share = () => {
    const data = { title: roomName, text: text('common.shareText', { room: roomName }), url: link }
    // Rejects when the person closes the sheet, which is no failure.
    navigator.share(data).catch(() => undefined)
  }

  return (
    <div className="flex w-full flex-col gap-3">
      <input
        readOnly
        value={link}
        dir="ltr"
        aria-label={text('common.link')}
        onFocus={(event) => event.target.select()}
        className="h-12 w-full min-w-0 rounded-s border border-line-strong bg-surface-3 px-3.5 text-center font-mono text-xs sm:text-sm"
      />
      <div className="flex gap-3">
        <Button
          ref={copyButtonRef}
          variant={isPrimary ? 'primary' : 'secondary'}
          className="flex-1"
          icon={
            copied === true ? (
              <Check className={classNames('size-4.5', !isPrimary && 'text-success')} />
            ) : (
              <Copy className="size-4.5" />
            )
          }
          onClick={() => void copyText(link).then(setCopied)}
        >
          {text(copied === true ? 'common.linkCopied' : 'common.copyLink')}
        </Button>
        {typeof navigator.share === 'function' && (
          <Button className="flex-1" icon={<Share2 className="size-4.5" />} onClick={share}>
            {text('common.share')}
          </Button>
        )}
      </div>
      <p role="status" className={copied === false ? 'text-danger text-sm' : 'sr-only'}>
        {copied === true && text('common.linkCopied')}
        {copied === false && text('common.linkNotCopied')}
      </p>
    </div>
  )
}
