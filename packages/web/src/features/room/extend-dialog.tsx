import { useState } from 'react'
import { formatTime } from '../../i18n/format.ts'
import { text as say, useText } from '../../i18n/text.ts'
import { extensionChoices } from '../../state/time-left.ts'
import { Button } from '../../ui/button.tsx'
import { Choice } from '../../ui/choice.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { showToast } from '../../ui/toaster.tsx'
import type { OpenState } from './open-state.ts'
import { useChat, useRoom } from './room-context.tsx'

const MINUTE_MS = 60_000

/** The host gives the room more time, as far as it may go. */
export function ExtendDialog(state: OpenState) {
  const text = useText()
  const { room, actions } = useRoom()
  const expiresAt = useChat((snapshot) => snapshot.chat?.expiresAt ?? 0)
  const expiresAtMost = useChat((snapshot) => snapshot.chat?.expiresAtMost ?? 0)
  const choices = extensionChoices(expiresAt, expiresAtMost)
  const [chosen, setChosen] = useState<number | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const minutes = chosen !== null && choices.includes(chosen) ? chosen : (choices[0] ?? null)

  const extend = async () => {
    if (minutes === null) return
    setIsBusy(true)
    const worked = await actions.attempt(room.chat.extend(minutes))
    setIsBusy(false)
    if (!worked) return
    state.onOpenChange(false)
    showToast(say('room.extended', { time: formatTime(expiresAt + minutes * MINUTE_MS) }), { tone: 'success' })
  }

  return (
    <Dialog
      {...state}
      size="s"
      title={text('room.extendTitle')}
      description={text('room.extendLead', { time: formatTime(expiresAt) })}
      footer={
        minutes !== null && (
          <>
            <Button onClick={() => state.onOpenChange(false)}>{text('common.cancel')}</Button>
            <Button variant="primary" busy={isBusy} onClick={() => void extend()}>
              {text('room.extendConfirm')}
            </Button>
          </>
        )
      }
    >
      {minutes === null ? (
        <p className="text-ink-2 text-sm">{text('room.extendNone')}</p>
      ) : (
        <>
          <Choice
            label={text('room.extendBy')}
            value={minutes}
            onChange={setChosen}
            options={choices.map((value) => ({ value, label: text('room.minutesLeft', { count: value }) }))}
          />
          <p className="mt-4 text-ink-2 text-sm">
            {text('room.extendUntil', { time: formatTime(expiresAt + minutes * MINUTE_MS) })}
          </p>
        </>
      )}
    </Dialog>
  )
}
