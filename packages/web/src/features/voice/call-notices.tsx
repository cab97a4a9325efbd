import { CircleDot, Headphones, SlidersHorizontal, TriangleAlert, X } from 'lucide-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { getLocale } from '../../i18n/locale.ts'
import { useVoiceText } from '../../i18n/voice-words.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { useRoom } from '../room/room-context.tsx'
import { useCallEffects } from './use-call-effects.ts'
import { useJoinVoice } from './use-join-voice.ts'
import { useRecordingNotice } from './use-recording-notice.ts'
import { useCallUi, useIsInVoice, useVoice } from './use-voice.ts'
import { voiceFailureWords } from './voice-failure-words.ts'

const CallDialogs = lazy(() => import('./call-dialogs.tsx').then(({ CallDialogs }) => ({ default: CallDialogs })))

/** Under the room's bar: who is in voice while one is not, why it did not work, and that it is recorded. */
export function CallNotices() {
  useCallEffects()
  const hasDialog = useCallUi(({ dialog }) => dialog !== null)
  return (
    <>
      <RecordingNotice />
      <Failure />
      <Invitation />
      {hasDialog && (
        <Suspense>
          <CallDialogs />
        </Suspense>
      )}
    </>
  )
}

/** Somebody is in voice and we are not: who, and the way in. */
function Invitation() {
  const say = useVoiceText()
  const { call } = useRoom().room
  const join = useJoinVoice()
  const isIn = useIsInVoice()
  const hasFailed = useVoice(({ phase }) => phase === 'failed')
  const people = useVoice(({ participants }) => participants)
  if (isIn || hasFailed || people.length === 0) return null
  const names = people.slice(0, 2).map(({ name }) => name)
  const others = people.length - names.length
  const list = new Intl.ListFormat(getLocale().language).format([
    ...names,
    ...(others > 0 ? [say('andOthers', { count: others })] : []),
  ])
  return (
    <Notice
      icon={
        <span className="flex -space-x-2 rtl:space-x-reverse">
          {people.slice(0, 3).map(({ userId, name }) => (
            <Avatar key={userId} id={userId} name={name} size="s" className="ring-2 ring-surface-2" />
          ))}
        </span>
      }
      title={say('areInVoice', { count: people.length, names: list })}
    >
      <IconButton
        label={say('setUp')}
        icon={<SlidersHorizontal className="size-4.5" />}
        onClick={() => call.setState({ dialog: 'pre-join' })}
      />
      <Button size="s" variant="primary" icon={<Headphones className="size-4.25" />} onClick={() => join()}>
        {say('join')}
      </Button>
    </Notice>
  )
}

function Failure() {
  const say = useVoiceText()
  const { call } = useRoom().room
  const join = useJoinVoice()
  const phase = useVoice((snapshot) => snapshot.phase)
  const error = useVoice((snapshot) => snapshot.error)
  if (phase !== 'failed' || error === null) return null
  return (
    <Notice
      role="alert"
      icon={<TriangleAlert className="size-5 text-warning" />}
      title={say('failedTitle')}
      words={say(voiceFailureWords(error.code))}
    >
      <Button size="s" onClick={() => call.setState({ dialog: 'line-check' })}>
        {say('lineCheckShort')}
      </Button>
      <Button size="s" onClick={() => join()}>
        {say('tryAgain')}
      </Button>
    </Notice>
  )
}

/** That it is recorded, in full, until it was read; the mark in the bar stays as long as the recording. */
function RecordingNotice() {
  const say = useVoiceText()
  const isIn = useIsInVoice()
  const { title, dismiss } = useRecordingNotice()
  // In voice it stands by the dock: here it would cover faces.
  if (title === null || isIn) return null
  return (
    <Notice
      role="alert"
      icon={<CircleDot className="size-5 text-danger" />}
      title={title}
      words={say('recordingMeaningOut')}
    >
      <IconButton label={say('understood')} icon={<X className="size-4.5" />} onClick={dismiss} />
    </Notice>
  )
}

interface NoticeProps {
  readonly icon: ReactNode
  readonly title: string
  readonly words?: string
  readonly role?: 'status' | 'alert'
  readonly children: ReactNode
}

function Notice({ icon, title, words, role = 'status', children }: NoticeProps) {
  return (
    <div className="glass pointer-events-auto mx-auto flex w-fit max-w-full animate-[rise-in_160ms_ease-out] items-center gap-3 rounded-m py-2 ps-4 pe-2">
      <span aria-hidden="true" className="shrink-0">
        {icon}
      </span>
      <div role={role} className="min-w-0 flex-1 pe-1 text-sm">
        <p className="line-clamp-2 font-semibold">{title}</p>
        {words !== undefined && <p className="text-ink-2 text-xs">{words}</p>}
      </div>
      <span className="flex shrink-0 items-center gap-1">{children}</span>
    </div>
  )
}
