import { lazy, Suspense, useEffect, useState } from 'react'
import { useText } from '../../i18n/text.ts'
import { parseRoomCode } from '../../platform/room-code.ts'
import { useLinkKey } from '../../platform/room-key.ts'
import { readRoomSession } from '../../platform/session.ts'
import { Spinner } from '../../ui/spinner.tsx'
import { JoinPage } from './join-page.tsx'

const loadRoom = () => import('../room/room-page.tsx')
const RoomPage = lazy(() => loadRoom().then(({ RoomPage }) => ({ default: RoomPage })))

const UnusableKeyPage = lazy(() =>
  import('./unusable-key-page.tsx').then(({ UnusableKeyPage }) => ({ default: UnusableKeyPage })),
)

const warmUpAfterMs = 800

/**
 * `/r/:roomId`: straight into the room for those who hold a seat, the join page for everybody else.
 * The room says goodbye by itself (left, expired, removed); `onRejoin` brings the join page back when its seat was lost.
 */
export function RoomRoute({ typedId }: { readonly typedId: string }) {
  const text = useText()
  const roomId = parseRoomCode(typedId) ?? typedId
  const link = useLinkKey()
  const [session, setSession] = useState(() => readRoomSession(roomId))

  // While people type their name, the room's code comes in; should that fail, entering tries again.
  useEffect(() => {
    const timer = setTimeout(() => loadRoom().catch(() => undefined), warmUpAfterMs)
    return () => clearTimeout(timer)
  }, [])

  if (link.status === 'unusable')
    return (
      <Suspense>
        <UnusableKeyPage isInsecure={link.isInsecure} />
      </Suspense>
    )
  if (session === null) return <JoinPage roomId={roomId} hasKey={link.key !== null} onJoined={setSession} />
  return (
    <Suspense
      fallback={
        <div className="flex min-h-dvh items-center justify-center text-ink-3">
          <Spinner label={text('join.opening')} />
        </div>
      }
    >
      <RoomPage session={session} roomKey={link.key} onRejoin={() => setSession(null)} />
    </Suspense>
  )
}
