import type { RoomPreview } from '@parley/protocol/rooms'
import { DoorOpen, KeyRound, Lock, ShieldCheck, Timer, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatDuration } from '../../i18n/format.ts'
import { useText } from '../../i18n/text.ts'
import { useServerNow } from '../../platform/use-now.ts'

const minuteMs = 60_000

/** People inside, time left, and what stands before the door. */
export function RoomFacts({ room }: { readonly room: RoomPreview }) {
  const text = useText()
  const now = useServerNow(10_000)
  const leftMs = room.expiresAt - now
  const left =
    leftMs < minuteMs
      ? text('join.lastMinute')
      : text('join.left', { time: formatDuration(Math.floor(leftMs / minuteMs) * minuteMs) })
  const people = room.participants === 0 ? text('join.nobody') : text('join.people', { count: room.participants })
  return (
    <ul className="flex flex-wrap gap-2">
      <Fact icon={<Users className="size-4" />}>{people}</Fact>
      <Fact icon={<Timer className="size-4" />}>{left}</Fact>
      {room.hasPassword && <Fact icon={<KeyRound className="size-4" />}>{text('join.hasPassword')}</Fact>}
      {room.hasLobby && <Fact icon={<DoorOpen className="size-4" />}>{text('join.hasLobby')}</Fact>}
      {room.isLocked && <Fact icon={<Lock className="size-4" />}>{text('join.isLocked')}</Fact>}
      {room.encrypted && <Fact icon={<ShieldCheck className="size-4" />}>{text('create.encrypted')}</Fact>}
    </ul>
  )
}

function Fact({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="tabular inline-flex items-center gap-2 rounded-full bg-surface-3 py-1.5 ps-3 pe-3.5 font-medium text-ink-2 text-xs">
      <span aria-hidden="true" className="inline-flex text-ink-3">
        {icon}
      </span>
      {children}
    </li>
  )
}
