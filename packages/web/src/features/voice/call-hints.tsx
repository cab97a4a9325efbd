import type { MicrophoneHint, VoiceSnapshot } from '@parley/client'
import { CircleDot, KeyRound, MicOff, RefreshCw, TriangleAlert, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { type PlainVoiceKey, useVoiceText } from '../../i18n/voice-words.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { useRoom } from '../room/room-context.tsx'
import { useRecordingNotice } from './use-recording-notice.ts'
import { useCallUi, useVoice } from './use-voice.ts'

type Hint = Exclude<MicrophoneHint, 'none'>

const TITLES: Readonly<Record<Hint, PlainVoiceKey>> = {
  'talking-while-muted': 'hintTalkingMuted',
  unheard: 'hintUnheard',
  'no-microphone': 'hintNoMicrophone',
  'microphone-blocked': 'hintBlocked',
  'microphone-lost': 'hintLost',
}
const WORDS: Readonly<Record<Hint, PlainVoiceKey>> = {
  'talking-while-muted': 'hintTalkingMutedWords',
  unheard: 'hintUnheardWords',
  'no-microphone': 'hintNoMicrophoneWords',
  'microphone-blocked': 'hintBlockedWords',
  'microphone-lost': 'hintLostWords',
}

const isDeaf = ({ participants }: VoiceSnapshot) => participants.some(({ missingKey, isSelf }) => missingKey && !isSelf)

/** Over the dock: the one thing about our own sound that we should know now, and what to do about it. */
export function CallHints() {
  const say = useVoiceText()
  const phase = useVoice((snapshot) => snapshot.phase)
  const askedBy = useCallUi((ui) => ui.unmuteAskedBy)
  const hint = useVoice(({ self }) => self.hint)
  const isHardMuted = useVoice(({ self }) => self.hardMuted)
  const recording = useRecordingNotice()
  const dismissed = useCallUi((ui) => ui.dismissedHint)
  const lacksKey = useVoice(isDeaf)
  if (phase === 'reconnecting')
    return (
      <Hint
        icon={<RefreshCw className="size-4.5 animate-[spin_2.4s_linear_infinite]" />}
        title={say('reconnecting')}
        words={say('reconnectingWords')}
      />
    )
  if (phase === 'joining') return <Hint icon={<RefreshCw className="size-4.5" />} title={say('joiningVoice')} />
  if (recording.title !== null)
    return (
      <Hint
        role="alert"
        icon={<CircleDot className="size-4.5 text-danger" />}
        title={recording.title}
        words={say('recordingMeaning')}
        onDismiss={recording.dismiss}
      />
    )
  if (askedBy !== null) return <AskedToUnmute byName={askedBy} />
  if (isHardMuted && dismissed !== 'hard')
    return (
      <Hint
        icon={<MicOff className="size-4.5" />}
        title={say('hintHardMuted')}
        words={say('hintHardMutedWords')}
        dismissAs="hard"
      />
    )
  if (hint !== 'none' && hint !== dismissed) return <MicrophoneHintLine hint={hint} />
  if (lacksKey && dismissed !== 'key')
    return (
      <Hint
        icon={<KeyRound className="size-4.5" />}
        title={say('lacksKey')}
        words={say('lacksKeyWords')}
        dismissAs="key"
      />
    )
  return null
}

function AskedToUnmute({ byName }: { readonly byName: string }) {
  const say = useVoiceText()
  const { voice, call } = useRoom().room
  const close = () => call.setState({ unmuteAskedBy: null })
  return (
    <Hint
      icon={<MicOff className="size-4.5" />}
      title={say('unmuteAsked', { name: byName })}
      words={say('unmuteAskedWords')}
    >
      <Button size="s" variant="quiet" onClick={close}>
        {say('notNow')}
      </Button>
      <Button
        size="s"
        variant="primary"
        onClick={() => {
          voice.setMuted(false)
          close()
        }}
      >
        {say('unmute')}
      </Button>
    </Hint>
  )
}

function MicrophoneHintLine({ hint }: { readonly hint: Hint }) {
  const say = useVoiceText()
  const { voice, call } = useRoom().room
  return (
    <Hint
      icon={hint === 'talking-while-muted' ? <MicOff className="size-4.5" /> : <TriangleAlert className="size-4.5" />}
      title={say(TITLES[hint])}
      words={say(WORDS[hint])}
      dismissAs={hint}
    >
      {hint === 'talking-while-muted' ? (
        <Button size="s" onClick={() => voice.setMuted(false)}>
          {say('unmute')}
        </Button>
      ) : (
        <Button size="s" onClick={() => call.setState({ dialog: 'settings' })}>
          {say('checkMicrophone')}
        </Button>
      )}
    </Hint>
  )
}

interface HintProps {
  readonly icon: ReactNode
  readonly title: string
  readonly words?: string
  /** Can be put away, and stays away until there is another one. */
  readonly dismissAs?: string
  readonly onDismiss?: () => void
  readonly role?: 'status' | 'alert'
  readonly children?: ReactNode
}

function Hint({ icon, title, words, dismissAs, onDismiss, role = 'status', children }: HintProps) {
  const say = useVoiceText()
  const { call } = useRoom().room
  const dismiss = onDismiss ?? (dismissAs === undefined ? null : () => call.setState({ dismissedHint: dismissAs }))
  return (
    <div className="glass flex w-fit max-w-full animate-[rise-in_160ms_ease-out] flex-wrap items-center gap-x-3 gap-y-1 rounded-m py-2 ps-4 pe-2 text-sm">
      <span aria-hidden="true" className="shrink-0 text-warning">
        {icon}
      </span>
      <div role={role} className="min-w-40 flex-1 pe-2">
        <p className="font-semibold">{title}</p>
        {words !== undefined && <p className="max-w-120 text-ink-2 text-xs">{words}</p>}
      </div>
      <span className="ms-auto flex items-center gap-1">
        {children}
        {dismiss !== null && <IconButton label={say('dismiss')} icon={<X className="size-4.5" />} onClick={dismiss} />}
      </span>
    </div>
  )
}
