import type { VoicePerson } from '@parley/client'
import { Ear, Hand, Mic, MicOff, Pin, PinOff, ShieldOff, UserMinus, Volume2, VolumeX } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatNumber } from '../../i18n/format.ts'
import { useVoiceText, voiceText } from '../../i18n/voice-words.ts'
import { mayRemove, maySetRole } from '../../state/people.ts'
import { classNames } from '../../ui/class-names.ts'
import { showToast } from '../../ui/toaster.tsx'
import { useChat, useRoom, useSelf } from '../room/room-context.tsx'
import { QualityWords } from './quality-mark.tsx'
import { RangeField } from './range-field.tsx'
import { useCallActions } from './use-call-actions.ts'
import { useCallUi } from './use-voice.ts'

export interface PersonCardProps {
  readonly person: VoicePerson
  readonly onDone: () => void
  /** The picture that the card belongs to, when it can be pinned. */
  readonly tileKey?: string
}

/** One person in the call: how loud we have them, how their line is, and what a moderator may do. */
export function PersonCard({ person, onDone, tileKey }: PersonCardProps) {
  const say = useVoiceText()
  const { room } = useRoom()
  const { userId, name, isSelf, volume } = person
  const pinnedKey = useCallUi((ui) => ui.pinnedKey)
  const isPinned = tileKey !== undefined && pinnedKey === tileKey
  return (
    <div className="flex w-72 max-w-full flex-col gap-1 p-2">
      <div className="px-2 pt-1">
        <p dir="auto" className="truncate font-semibold text-sm">
          {name}
        </p>
        <QualityWords quality={person.quality} />
      </div>
      {!isSelf && (
        <div className="px-2 pt-1">
          <RangeField
            label={say('volumeOf', { name })}
            hideLabel
            icon={volume === 0 ? <VolumeX className="size-4.5" /> : <Volume2 className="size-4.5" />}
            value={Math.round(volume * 100)}
            min={0}
            max={200}
            step={5}
            words={say('percent', { value: formatNumber(Math.round(volume * 100)) })}
            onChange={(percent) => room.voice.setVolume(userId, percent / 100)}
          />
        </div>
      )}
      {!isSelf && (
        <Action
          icon={volume === 0 ? <Volume2 className="size-4.5" /> : <VolumeX className="size-4.5" />}
          onClick={() => room.voice.setVolume(userId, volume === 0 ? 1 : 0)}
        >
          {say(volume === 0 ? 'hearAgain' : 'muteForMe')}
        </Action>
      )}
      {tileKey !== undefined && (
        <Action
          icon={isPinned ? <PinOff className="size-4.5" /> : <Pin className="size-4.5" />}
          onClick={() => {
            room.call.setState({ pinnedKey: isPinned ? null : tileKey })
            onDone()
          }}
        >
          {say(isPinned ? 'unpin' : 'pin')}
        </Action>
      )}
      <ModeratorActions person={person} onDone={onDone} />
    </div>
  )
}

function ModeratorActions({ person, onDone }: Pick<PersonCardProps, 'person' | 'onDone'>) {
  const say = useVoiceText()
  const { room } = useRoom()
  const { attempt } = useCallActions()
  const self = useSelf()
  const member = useChat(({ members }) => members.find(({ userId }) => userId === person.userId))
  if (member === undefined || !mayRemove(self, member)) return null
  const { userId, name } = person
  const run = (work: () => Promise<unknown>, done?: () => string) => async () => {
    onDone()
    if ((await attempt(work())) && done !== undefined) showToast(done(), { tone: 'success', id: 'moderate' })
  }
  const askToUnmute = run(
    () => room.voice.muteMember(userId, { muted: false }),
    () => voiceText('askedToUnmute', { name }),
  )
  const isListener = member.role === 'listener'
  return (
    <div className="mt-1 flex flex-col border-line border-t pt-1">
      {!person.muted && (
        <Action icon={<MicOff className="size-4.5" />} onClick={run(() => room.voice.muteMember(userId))}>
          {say('muteThem')}
        </Action>
      )}
      {!person.hardMuted && !person.listenOnly && (
        <Action
          icon={<ShieldOff className="size-4.5" />}
          onClick={run(() => room.voice.muteMember(userId, { hard: true }))}
        >
          {say('hardMuteThem')}
        </Action>
      )}
      {(person.muted || person.hardMuted) && !person.listenOnly && (
        <Action icon={<Hand className="size-4.5" />} onClick={askToUnmute}>
          {say(person.hardMuted ? 'allowToSpeak' : 'askToUnmute')}
        </Action>
      )}
      {maySetRole(self, member) && member.role !== 'host' && (
        <Action
          icon={isListener ? <Mic className="size-4.5" /> : <Ear className="size-4.5" />}
          onClick={run(() => room.chat.setRole(userId, isListener ? 'speaker' : 'listener'))}
        >
          {say(isListener ? 'letSpeak' : 'makeListener')}
        </Action>
      )}
      <Action
        danger
        icon={<UserMinus className="size-4.5" />}
        onClick={() => {
          onDone()
          setTimeout(() => room.ui.setState({ dialog: { name: 'remove', member } }), 0)
        }}
      >
        {say('remove')}
      </Action>
    </div>
  )
}

interface ActionProps {
  readonly icon: ReactNode
  readonly onClick: () => void
  readonly danger?: boolean
  readonly children: ReactNode
}

function Action({ icon, onClick, danger = false, children }: ActionProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={classNames(
        'flex min-h-11 w-full items-center gap-3 rounded-s px-2 text-start text-sm',
        danger ? 'text-danger hover:bg-danger-soft' : 'text-ink-1 hover:bg-surface-3',
      )}
    >
      <span aria-hidden="true" className={classNames('inline-flex', !danger && 'text-ink-3')}>
        {icon}
      </span>
      <span className="flex-1">{children}</span>
    </button>
  )
}
