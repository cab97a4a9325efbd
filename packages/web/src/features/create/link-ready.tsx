import { useEffect, useRef } from 'react'
import { formatTime } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { roomLink } from '../../platform/room-code.ts'
import { Button } from '../../ui/button.tsx'
import { LinkField } from '../../ui/link-field.tsx'
import { QrCode } from '../../ui/qr-code.tsx'
import type { CreatedRoom } from './create-form.tsx'

export interface LinkReadyProps {
  readonly room: CreatedRoom
  readonly onEnter: () => void
}

/** The link to copy, share and scan, and the way in. */
export function LinkReady({ room, onEnter }: LinkReadyProps) {
  const text = useText()
  const copyButton = useRef<HTMLButtonElement>(null)
  const link = roomLink(room.roomId, room.key)

  // The form that had the focus is gone: it moves to the next thing to do.
  useEffect(() => copyButton.current?.focus({ preventScroll: true }), [])

  return (
    <div className="flex flex-col gap-6">
      <div className="text-sm">
        <p className="line-clamp-2 font-semibold text-base">
          <bdi>{room.name}</bdi>
        </p>
        <p className="mt-1 text-ink-2">{text('create.readyLead', { time: formatTime(room.expiresAt) })}</p>
        {room.key !== null && <p className="mt-1 text-ink-2">{text('create.keyInLink')}</p>}
      </div>
      <LinkField link={link} roomName={room.name} copyButtonRef={copyButton} />
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
