import { Headphones } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { formatNumber } from '../../i18n/format.ts'
import { getLocale } from '../../i18n/locale.ts'
import { text as say, useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { isFocusFree } from '../../ui/leave-focus.ts'
import { showToast } from '../../ui/toaster.tsx'
import { useRoom } from '../room/room-context.tsx'
import { useCallUi, useIsInVoice, useVoice } from './use-voice.ts'

/** Most of voice is fetched when somebody is in voice or wants to be: a page that only chats does without. */
const loadCall = async () => {
  const words = import('../../i18n/voice-words.ts').then(({ loadVoiceWords }) => loadVoiceWords(getLocale().language))
  const { CallDock, CallNotices, CallStage, joinVoice, PersonVoice } = await import('./call.ts')
  await words
  return { CallDock, CallNotices, CallStage, joinVoice, PersonVoice }
}
const LazyStage = lazy(() => loadCall().then(({ CallStage }) => ({ default: CallStage })))
const LazyDock = lazy(() => loadCall().then(({ CallDock }) => ({ default: CallDock })))
const LazyPerson = lazy(() => loadCall().then(({ PersonVoice }) => ({ default: PersonVoice })))
const LazyNotices = lazy(() => loadCall().then(({ CallNotices }) => ({ default: CallNotices })))

/** Whether the call has anything to show. It stays so: what was fetched may as well be there. */
function useIsCallWanted(): boolean {
  const isWanted = useVoice(({ phase, participants }) => phase !== 'out' || participants.length > 0)
  const hasDialog = useCallUi(({ dialog }) => dialog !== null)
  const [wasWanted, setWasWanted] = useState(false)
  useEffect(() => {
    if (isWanted || hasDialog) setWasWanted(true)
  }, [isWanted, hasDialog])
  return isWanted || hasDialog || wasWanted
}

/** The people in voice and their pictures. */
export const CallStageSlot = () => (useIsCallWanted() ? <InTime part={<LazyStage />} /> : null)
/** The controls of the call. */
export const CallDockSlot = () => (useIsCallWanted() ? <InTime part={<LazyDock />} /> : null)
/** What there is to know about the call; also its dialogs, sounds and keys. */
export const CallNoticesSlot = () => (useIsCallWanted() ? <InTime part={<LazyNotices />} /> : null)

/** How a person in the list is in voice. */
export function PersonVoiceSlot({ userId }: { readonly userId: string }) {
  const isThere = useVoice(({ participants }) => participants.some((person) => person.userId === userId))
  return isThere ? <InTime part={<LazyPerson userId={userId} />} /> : null
}

const InTime = ({ part }: { readonly part: ReactNode }) => <Suspense>{part}</Suspense>

/** Goes into voice with one press; counts who is there. Gone while one is in: the dock has the rest. */
export function VoiceButton() {
  const text = useText()
  const { voice } = useRoom().room
  const [isBusy, setIsBusy] = useState(false)
  const join = () => {
    setIsBusy(true)
    loadCall()
      .then(({ joinVoice }) => joinVoice(voice))
      .catch(() => showToast(say('room.voiceNotLoaded'), { tone: 'danger', id: 'voice' }))
      .finally(() => setIsBusy(false))
  }
  const isIn = useIsInVoice()
  const count = useVoice(({ participants }) => participants.length)
  const [wide, narrow] = [useRef<HTMLButtonElement>(null), useRef<HTMLButtonElement>(null)]
  const wasIn = useRef(isIn)
  useEffect(() => {
    // The controls of the call had it, and are gone. Of the two the hidden one takes none.
    if (wasIn.current && !isIn && isFocusFree()) for (const { current } of [wide, narrow]) current?.focus()
    wasIn.current = isIn
  }, [isIn, wide, narrow])
  if (isIn) return null
  const label = count === 0 ? text('room.joinVoice') : text('room.joinVoiceWith', { count })
  return (
    <>
      <Button
        ref={wide}
        size="s"
        icon={<Headphones className="size-4.25" />}
        aria-label={label}
        className="hidden! lg:inline-flex!"
        onPointerEnter={() => void loadCall().catch(() => undefined)}
        busy={isBusy}
        onClick={join}
      >
        {text('room.joinVoice')}
        {count > 0 && <span className="tabular text-accent-ink">{formatNumber(count)}</span>}
      </Button>
      <IconButton
        ref={narrow}
        label={label}
        icon={<Headphones className={classNames('size-5', count > 0 && 'text-accent-ink')} />}
        className="lg:hidden!"
        aria-busy={isBusy || undefined}
        onClick={isBusy ? undefined : join}
      />
    </>
  )
}

/** As long as it is recorded, for everybody in the room. */
export function RecordingMark() {
  const text = useText()
  const isRecording = useVoice(({ recording }) => recording !== null)
  if (!isRecording) return null
  return (
    <span className="inline-flex shrink-0 items-center gap-1.5 font-semibold text-danger text-xs">
      <span aria-hidden="true" className="size-2.5 rounded-full bg-danger" />
      {text('room.recording')}
    </span>
  )
}
