import { SAFETY_EMOJI, safetyPhrase } from '@parley/client/e2ee'
import { useEffect, useState } from 'react'
import { useLocale } from '../../i18n/locale.ts'
import { safetyWords } from '../../i18n/safety-words.ts'
import { useText } from '../../i18n/text.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { KeyNotice } from './key-notice.tsx'
import type { OpenState } from './open-state.ts'
import { useRoom } from './room-context.tsx'

/** Some of them are letters by default: this makes pictures of all. */
const AS_PICTURE = '\uFE0F'

/** What encryption means here, and the phrase by which people make sure that they hold the same key. */
export function EncryptionDialog(state: OpenState) {
  const text = useText()
  const words = safetyWords[useLocale().language]
  const { room } = useRoom()
  return (
    <Dialog {...state} size="s" isReading title={text('create.encrypted')} description={words.lead}>
      <div className="flex flex-col gap-5 text-sm">
        <KeyNotice />
        {room.key !== null && (
          <section aria-labelledby="safety-phrase">
            <h3 id="safety-phrase" className="font-semibold">
              {words.phrase}
            </h3>
            <p className="mt-1 text-ink-2">{words.compare}</p>
            <Phrase roomKey={room.key} roomId={room.chat.chatId} />
            <p className="mt-3 text-ink-2">{words.differs}</p>
          </section>
        )}
        <p className="text-ink-3 text-xs">{words.limits}</p>
        <p className="text-ink-3 text-xs">{words.noRecording}</p>
      </div>
    </Dialog>
  )
}

/** The same picture may come twice: its place in the phrase is what tells it apart. */
const numbered = (places: readonly number[]) => [...places.entries()]

function Phrase({ roomKey, roomId }: { readonly roomKey: string; readonly roomId: string }) {
  const text = useText()
  const { names } = safetyWords[useLocale().language]
  const [places, setPlaces] = useState<readonly number[] | null>(null)
  useEffect(() => {
    let isCurrent = true
    void safetyPhrase(roomKey, roomId).then((phrase) => {
      if (isCurrent) setPlaces(phrase)
    })
    return () => {
      isCurrent = false
    }
  }, [roomKey, roomId])

  if (places === null)
    return (
      <div className="mt-3 flex h-46 items-center justify-center text-ink-3">
        <Spinner label={text('common.loading')} />
      </div>
    )
  return (
    <ol className="mt-3 grid grid-cols-4 gap-2">
      {numbered(places).map(([key, place]) => (
        <li
          key={key}
          className="flex h-22 min-w-0 flex-col items-center justify-center gap-1 rounded-s bg-surface-3 px-1"
        >
          <span aria-hidden="true" className="text-3xl leading-none">
            {SAFETY_EMOJI[place]}
            {AS_PICTURE}
          </span>
          <span className="max-w-full break-words text-center text-ink-2 text-xs leading-tight">{names[place]}</span>
        </li>
      ))}
    </ol>
  )
}
