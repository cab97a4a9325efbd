import { Download } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { formatCountdown, formatTime } from '../../i18n/format.ts'
import { type PlainVoiceKey, useVoiceText, voiceText } from '../../i18n/voice-words.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { showToast } from '../../ui/toaster.tsx'
import type { OpenState } from '../room/open-state.ts'
import { useRoom } from '../room/room-context.tsx'
import { saveBlob } from '../room/save-file.ts'
import { fetchRecording, listRecordings, type RecordingFile } from './recordings.ts'

const EVERY_MS = 5000

const STATES: Readonly<Record<RecordingFile['state'], PlainVoiceKey>> = {
  recording: 'recordingOn',
  preparing: 'recordingPreparing',
  ready: 'recordingReady',
  failed: 'recordingBroken',
}

/** What was recorded, to be downloaded by the host until the room ends. */
export function RecordingsDialog(state: OpenState) {
  const say = useVoiceText()
  const { list, hasFailed, again } = useRecordings(state.open)
  return (
    <Dialog {...state} size="m" isReading title={say('recordings')} description={say('recordingsLead')}>
      {hasFailed ? (
        <div className="flex flex-col items-start gap-3">
          <p role="alert">{say('recordingsFailed')}</p>
          <Button size="s" onClick={again}>
            {say('tryAgain')}
          </Button>
        </div>
      ) : list === null ? (
        <Spinner label={say('recordings')} />
      ) : list.length === 0 ? (
        <p className="text-ink-2 text-sm">{say('recordingsNone')}</p>
      ) : (
        <ul className="divide-y divide-line">
          {list.map((file) => (
            <Recording key={file.id} file={file} />
          ))}
        </ul>
      )}
    </Dialog>
  )
}

function Recording({ file }: { readonly file: RecordingFile }) {
  const say = useVoiceText()
  const { chatId } = useRoom().room.chat
  const [isBusy, setIsBusy] = useState(false)
  const title = say('recordingOf', { name: file.name, time: formatTime(file.startedAt) })
  const download = async () => {
    setIsBusy(true)
    try {
      saveBlob(fileNameOf(file), await fetchRecording(chatId, file.id))
    } catch {
      showToast(voiceText('downloadFailed'), { tone: 'danger', id: 'download' })
    }
    setIsBusy(false)
  }
  return (
    <li className="flex min-h-14 items-center gap-3 text-sm">
      <div className="min-w-0 flex-1">
        <p dir="auto" className="truncate font-medium">
          {title}
        </p>
        <p className="tabular text-ink-3 text-xs">
          {say(STATES[file.state])}
          {file.durationMs > 0 && ` · ${formatCountdown(file.durationMs)}`}
        </p>
      </div>
      {file.state === 'ready' && (
        <IconButton
          label={`${say('download')}: ${title}`}
          icon={isBusy ? <Spinner /> : <Download className="size-5" />}
          disabled={isBusy}
          onClick={() => void download()}
        />
      )}
    </li>
  )
}

const fileNameOf = ({ name, startedAt }: RecordingFile): string =>
  `${name.replace(/[\\/:*?"<>|\s]+/g, '-')}-${new Date(startedAt).toISOString().slice(0, 16).replace(/[T:]/g, '-')}.webm`

function useRecordings(isOpen: boolean) {
  const { chatId } = useRoom().room.chat
  const [list, setList] = useState<readonly RecordingFile[] | null>(null)
  const [hasFailed, setHasFailed] = useState(false)
  const load = useCallback(
    () =>
      listRecordings(chatId).then(
        (files) => {
          setList(files ?? [])
          setHasFailed(false)
        },
        () => setHasFailed(true),
      ),
    [chatId],
  )
  useEffect(() => {
    if (!isOpen) return
    void load()
    // One that is being prepared becomes ready while one looks at it.
    const timer = setInterval(() => void load(), EVERY_MS)
    return () => clearInterval(timer)
  }, [isOpen, load])
  return { list, hasFailed, again: () => void load() }
}
