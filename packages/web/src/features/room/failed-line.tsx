import type { TimelineMessage } from '@parley/client'
import { CircleAlert, RotateCcw, Trash2 } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { notSentWords } from './failure-words.ts'
import { useRoom } from './room-context.tsx'

/** Under a message that was refused: why, and what can be done. */
export function FailedLine({ item }: { readonly item: TimelineMessage }) {
  const text = useText()
  const { room } = useRoom()
  return (
    <div className="mt-1 flex max-w-md flex-wrap items-center justify-end gap-x-1 text-danger text-xs">
      <CircleAlert aria-hidden="true" className="size-3.5 shrink-0" />
      <span>{notSentWords(text, item)}</span>
      <Button
        variant="quiet"
        size="s"
        icon={<RotateCcw className="size-3.75" />}
        onClick={() => room.chat.retry(item.message.tempId ?? item.message.id)}
      >
        {text('room.retry')}
      </Button>
      <Button
        variant="quiet"
        size="s"
        icon={<Trash2 className="size-3.75" />}
        onClick={() => room.chat.discard(item.message.tempId ?? item.message.id)}
      >
        {text('room.discard')}
      </Button>
    </div>
  )
}
