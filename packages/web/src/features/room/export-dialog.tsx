import { Braces, FileText } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { formatDateTime, formatDay } from '../../i18n/format.ts'
import { text as say, useText } from '../../i18n/text.ts'
import { type ExportWords, exportFileName, exportJson, exportText } from '../../state/export-chat.ts'
import type { Room } from '../../state/open-room.ts'
import { nameIn } from '../../state/people.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { showToast } from '../../ui/toaster.tsx'
import type { OpenState } from './open-state.ts'
import { useRoom } from './room-context.tsx'
import { saveFile } from './save-file.ts'

type Kind = 'txt' | 'json'

/** Saves the conversation as a file, for people or for programs. */
export function ExportDialog(state: OpenState) {
  const text = useText()
  const { room, actions } = useRoom()
  const [busy, setBusy] = useState<Kind | null>(null)

  const run = async (kind: Kind) => {
    if (busy !== null) return
    setBusy(kind)
    const worked = await actions.attempt(exportRoom(room, kind))
    setBusy(null)
    if (worked) state.onOpenChange(false)
  }

  return (
    <Dialog {...state} size="s" title={text('room.exportTitle')} description={text('room.exportLead')}>
      <div className="flex flex-col gap-2.5">
        <ExportChoice
          icon={<FileText className="size-5.5" />}
          title={text('room.exportText')}
          hint={text('room.exportTextHint')}
          isBusy={busy === 'txt'}
          onClick={() => void run('txt')}
        />
        <ExportChoice
          icon={<Braces className="size-5.5" />}
          title={text('room.exportJson')}
          hint={text('room.exportJsonHint')}
          isBusy={busy === 'json'}
          onClick={() => void run('json')}
        />
      </div>
    </Dialog>
  )
}

interface ExportChoiceProps {
  readonly icon: ReactNode
  readonly title: string
  readonly hint: string
  readonly isBusy: boolean
  readonly onClick: () => void
}

function ExportChoice({ icon, title, hint, isBusy, onClick }: ExportChoiceProps) {
  return (
    <button
      type="button"
      aria-busy={isBusy || undefined}
      onClick={onClick}
      className="flex min-h-16 items-center gap-4 rounded-m border border-line bg-surface-2 px-4 text-start transition-colors duration-150 hover:border-line-strong hover:bg-surface-3"
    >
      <span aria-hidden="true" className="text-ink-2">
        {isBusy ? <Spinner /> : icon}
      </span>
      <span>
        <span className="block font-semibold text-sm">{title}</span>
        <span className="block text-ink-3 text-xs">{hint}</span>
      </span>
    </button>
  )
}

async function exportRoom(room: Room, kind: Kind): Promise<void> {
  const { chat } = room.chat.getSnapshot()
  if (chat === null) return
  const messages = await room.chat.readAll()
  const savedAt = Date.now()
  const file = exportFileName(chat.name, savedAt, kind)
  const words: ExportWords = {
    formatMoment: formatDateTime,
    title: say('room.exportHeading', { room: chat.name, date: formatDay(chat.createdAt) }),
    savedAt: say('room.exportSavedAt', { time: formatDateTime(savedAt) }),
    edited: say('room.edited'),
    placeholder: (why) => say(why),
    earlier: say('room.earlierMessage'),
    replyTo: (name) => say('room.exportReply', { name }),
    reaction: (emoji, names) => say('room.exportReaction', { emoji, names }),
    nameOf: (userId) => nameIn(room.chat.getSnapshot(), userId) ?? say('room.someone'),
  }
  const content = kind === 'txt' ? exportText(messages, words) : exportJson(chat, messages, savedAt)
  saveFile(file, content, kind === 'txt' ? 'text/plain;charset=utf-8' : 'application/json')
  showToast(say('room.exportDone', { file }), { tone: 'success' })
}
