import type { TimelineMessage } from '@parley/client'
import { Copy } from 'lucide-react'
import { formatDateTime } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { MessageBody } from './message-body.tsx'
import type { OpenState } from './open-state.ts'
import { useRoom } from './room-context.tsx'

/** A long message, whole. */
export function FullTextDialog({ item, ...state }: OpenState & { readonly item: TimelineMessage }) {
  const text = useText()
  const { actions } = useRoom()
  const { message } = item
  return (
    <Dialog
      {...state}
      size="l"
      title={text('room.fullText', { name: message.senderName })}
      description={formatDateTime(message.createdAt)}
      footer={
        <Button
          icon={<Copy className="size-4.5" />}
          onClick={() => actions.copy(message.encryptedContent, 'room.textCopied')}
        >
          {text('room.copyText')}
        </Button>
      }
    >
      <MessageBody content={message.encryptedContent} />
    </Dialog>
  )
}
