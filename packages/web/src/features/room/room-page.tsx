import { useEffect, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { type RoomSession, removeRoomSession } from '../../platform/session.ts'
import { openRoom, type Room } from '../../state/open-room.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { Toaster } from '../../ui/toaster.tsx'
import { RoomView } from './room-view.tsx'

export interface RoomPageProps {
  readonly session: RoomSession
  readonly roomKey: string | null
  /** Brings the join page back; the seat is given up before. */
  readonly onRejoin: () => void
}

const OVER = new Set(['refused', 'kicked', 'expired', 'left', 'failed'])

/** The room behind a seat: connects, keeps the seat up to date and gives it up when it is over. */
export function RoomPage({ session, roomKey, onRejoin }: RoomPageProps) {
  const text = useText()
  const room = useOpenRoom(session, roomKey)
  if (room === null)
    return (
      <div className="flex min-h-dvh items-center justify-center text-ink-3">
        <Spinner label={text('room.joining')} />
      </div>
    )
  return (
    <>
      <RoomView
        room={room}
        onRejoin={() => {
          removeRoomSession(session.roomId)
          onRejoin()
        }}
      />
      <Toaster />
    </>
  )
}

function useOpenRoom(session: RoomSession, key: string | null): Room | null {
  const [room, setRoom] = useState<Room | null>(null)
  useEffect(() => {
    const opened = openRoom(session, key)
    setRoom(opened)
    const stop = opened.chat.subscribe(() => {
      if (OVER.has(opened.chat.getSnapshot().phase)) removeRoomSession(session.roomId)
    })
    return () => {
      stop()
      opened.close()
    }
  }, [session, key])
  return room
}
