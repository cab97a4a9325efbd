import type { Member } from '@parley/protocol/messenger'
import { Crown, EllipsisVertical, Shield, UserMinus, UserX } from 'lucide-react'
import { useMemo } from 'react'
import { useLocale } from '../../i18n/locale.ts'
import { type PlainKey, useText } from '../../i18n/text.ts'
import { inOrder, mayRemove, maySetRole } from '../../state/people.ts'
import type { PersonDialog } from '../../state/room-ui.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { PersonVoiceSlot } from '../voice/voice-entry.tsx'
import { LobbySlot } from './lobby-slot.tsx'
import { useChat, useOpenDialog, useRoom, useSelf } from './room-context.tsx'

const ROLE_WORDS: Readonly<Record<Member['role'], PlainKey>> = {
  host: 'room.roleHost',
  moderator: 'room.roleModerator',
  speaker: 'room.roleSpeaker',
  listener: 'room.roleListener',
}

/** Everybody in the room, yourself first, and above them who waits to come in. */
export function PeopleList() {
  const text = useText()
  const { language } = useLocale()
  const members = useChat((snapshot) => snapshot.members)
  const selfId = useChat((snapshot) => snapshot.selfId)
  const people = useMemo(() => inOrder(members, selfId, language), [members, selfId, language])
  return (
    <>
      <LobbySlot />
      <ul aria-label={text('room.inRoom')} className="flex flex-col gap-0.5">
        {people.map((member) => (
          <Person key={member.userId} member={member} isSelf={member.userId === selfId} />
        ))}
      </ul>
    </>
  )
}

function Person({ member, isSelf }: { readonly member: Member; readonly isSelf: boolean }) {
  const text = useText()
  const presence = !member.online ? 'room.gone' : member.status === 'away' ? 'room.away' : 'room.online'
  return (
    <li className="flex min-h-13 items-center gap-3 rounded-s ps-2 pe-0.5">
      <span className={classNames('relative transition-opacity duration-200', !member.online && 'opacity-60')}>
        <Avatar id={member.userId} name={member.name} />
        <span
          aria-hidden="true"
          className={classNames(
            'absolute -end-0.5 -bottom-0.5 size-3 rounded-full border-2 border-surface-1',
            presence === 'room.online' ? 'bg-success' : presence === 'room.away' ? 'bg-warning' : 'bg-line-strong',
          )}
        />
      </span>
      <div className="min-w-0 flex-1 leading-tight">
        <p className="flex items-baseline gap-1.5 text-sm">
          <span dir="auto" className="truncate font-medium">
            {member.name}
          </span>
          {isSelf && <span className="shrink-0 text-ink-3 text-xs">({text('room.you')})</span>}
        </p>
        <p className="flex items-center gap-1 text-ink-3 text-xs">
          {member.role === 'host' && <Crown aria-hidden="true" className="size-3.25 text-warning" />}
          {member.role === 'moderator' && <Shield className="size-3.25" aria-hidden="true" />}
          {member.role !== 'speaker' && <span>{text(ROLE_WORDS[member.role])} ·</span>}
          <span>{text(presence)}</span>
        </p>
      </div>
      <PersonVoiceSlot userId={member.userId} />
      <PersonMenu member={member} />
    </li>
  )
}

function PersonMenu({ member }: { readonly member: Member }) {
  const text = useText()
  const { room, actions } = useRoom()
  const self = useSelf()
  const openDialog = useOpenDialog()
  const setsRole = maySetRole(self, member)
  const removes = mayRemove(self, member)
  if (!setsRole && !removes) return null
  const ask = (name: PersonDialog['name']) => () => openDialog({ name, member })
  const roles = (['moderator', 'speaker', 'listener'] as const).map((value) => ({
    value,
    label: text(ROLE_WORDS[value]),
  }))
  return (
    <Menu
      trigger={
        <IconButton
          label={text('room.personActions', { name: member.name })}
          icon={<EllipsisVertical className="size-4.5" />}
          className="text-ink-3!"
        />
      }
    >
      {setsRole && (
        <>
          <MenuChoice
            label={text('room.role')}
            value={member.role === 'host' ? 'moderator' : member.role}
            options={roles}
            onChange={(role) => void actions.attempt(room.chat.setRole(member.userId, role))}
          />
          <MenuSeparator />
          <MenuItem icon={<Crown className="size-4.5" />} movesFocus onSelect={ask('hand-over')}>
            {text('room.makeHost')}
          </MenuItem>
        </>
      )}
      {removes && (
        <>
          <MenuItem danger icon={<UserMinus className="size-4.5" />} movesFocus onSelect={ask('remove')}>
            {text('room.remove')}
          </MenuItem>
          <MenuItem danger icon={<UserX className="size-4.5" />} movesFocus onSelect={ask('ban')}>
            {text('room.ban')}
          </MenuItem>
        </>
      )}
    </Menu>
  )
}
