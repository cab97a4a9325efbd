import { EllipsisVertical, Lock, LogOut, PanelLeft, UserPlus, Users } from 'lucide-react'
import { formatNumber } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Tooltip } from '../../ui/tooltip.tsx'
import { RecordingMark, VoiceButton } from '../voice/voice-entry.tsx'
import { ConnectionWord } from './connection-status.tsx'
import { EncryptionMark } from './encryption-mark.tsx'
import { useChat, useOpenDialog, useRoomUi } from './room-context.tsx'
import { RoomMenu } from './room-menu.tsx'
import { TimeLeft } from './time-left.tsx'
import { useFirstFocus } from './use-first-focus.ts'

/** The bar over the conversation: where one is, for how long, whether the line is up, and the menu. */
export function RoomHeader({ onTogglePeople }: { readonly onTogglePeople: () => void }) {
  const heading = useFirstFocus()
  const text = useText()
  const openDialog = useOpenDialog()
  const name = useChat((snapshot) => snapshot.chat?.name)
  const isLocked = useChat((snapshot) => snapshot.chat?.isLocked ?? false)
  const count = useChat((snapshot) => snapshot.members.length)
  const knocks = useChat((snapshot) => snapshot.knocking.length)
  const lacksKey = useChat((snapshot) => snapshot.encryption === 'missing-key')
  const isPanelOpen = useRoomUi((ui) => ui.isPeoplePanelOpen)
  // The number that is seen is part of what is heard.
  const peopleLabel = `${text('room.showPeople')} (${formatNumber(count)})`

  return (
    <header className="glass floating-bar pointer-events-auto flex h-15 items-center gap-1 rounded-m px-1.5 sm:gap-2 sm:px-2">
      <IconButton
        // The number as it is seen: who speaks to their device says what they see.
        label={`${text('room.showPeople')}: ${formatNumber(count)}`}
        onClick={onTogglePeople}
        className="w-auto! min-w-11 gap-1.5 px-2.5 roomy:hidden"
        icon={
          <span className="inline-flex items-center gap-1.5">
            <Users className="size-5" />
            <span className="tabular font-semibold text-sm">{formatNumber(count)}</span>
            {knocks > 0 && <span className="size-2 rounded-full bg-accent" />}
          </span>
        }
      />
      {!isPanelOpen && (
        <Tooltip label={text('room.showPeople')} side="bottom">
          <IconButton
            label={peopleLabel}
            onClick={onTogglePeople}
            className="hidden! roomy:inline-flex!"
            icon={
              <span className="relative inline-flex">
                <PanelLeft className="size-5 rtl:-scale-x-100" />
                {knocks > 0 && <span className="absolute -end-1 -top-1 size-2 rounded-full bg-accent" />}
              </span>
            }
          />
        </Tooltip>
      )}
      <div className="min-w-0 flex-1 px-1.5 sm:px-2">
        <div className="flex items-center gap-1.5">
          <h1
            ref={heading}
            tabIndex={-1}
            className="flex min-w-0 items-center gap-1.5 text-base leading-6 outline-none"
          >
            <span dir="auto" className="truncate">
              {name ?? text('room.joining')}
            </span>
            {isLocked && (
              <span title={text('room.isLocked')} className="shrink-0 text-ink-3">
                <Lock className="size-3.75" aria-hidden="true" />
                <span className="sr-only">{text('room.isLocked')}</span>
              </span>
            )}
          </h1>
          <EncryptionMark />
        </div>
        <p className="flex items-center gap-2.5 leading-5">
          <ConnectionWord />
          <TimeLeft />
          <RecordingMark />
        </p>
      </div>
      {!lacksKey && <VoiceButton />}
      <Button
        size="s"
        icon={<UserPlus className="size-4.25" />}
        className="hidden! sm:inline-flex!"
        onClick={() => openDialog({ name: 'share' })}
      >
        {text('room.invite')}
      </Button>
      <IconButton
        label={text('room.invite')}
        icon={<UserPlus className="size-5" />}
        // On the narrowest phones the words about the connection need its place; the menu has it too.
        className="max-[22.4rem]:hidden! sm:hidden!"
        onClick={() => openDialog({ name: 'share' })}
      />
      <RoomMenu trigger={<IconButton label={text('room.menu')} icon={<EllipsisVertical className="size-5" />} />} />
      <Tooltip label={text('room.leave')} side="bottom">
        <IconButton
          label={text('room.leave')}
          className="hidden! sm:inline-flex!"
          icon={<LogOut className="size-4.75 rtl:-scale-x-100" />}
          onClick={() => openDialog({ name: 'leave' })}
        />
      </Tooltip>
    </header>
  )
}
