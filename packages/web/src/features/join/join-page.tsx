import { useText } from '../../i18n/text.ts'
import { usePageTitle } from '../../platform/page-title.ts'
import type { RoomSession } from '../../platform/session.ts'
import { PageFrame } from '../../ui/page-frame.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { PageFooter } from '../landing/page-footer.tsx'
import { JoinForm } from './join-form.tsx'
import { Refusal } from './refusal.tsx'
import { useRoomPreview } from './use-room-preview.ts'

export interface JoinPageProps {
  /** As shown: `k7fp-2m9x-qd4w`, or whatever stood in the address. */
  readonly roomId: string
  /** The link has the key of an encrypted room. */
  readonly hasKey: boolean
  /** The server gave a seat, or a place in the lobby. */
  readonly onJoined: (session: RoomSession) => void
}

/** Before the room: what it is, who is inside by number, and the way in, or why there is none and what to do. */
export function JoinPage({ roomId, hasKey, onJoined }: JoinPageProps) {
  const text = useText()
  const { state, look } = useRoomPreview(roomId)
  usePageTitle(state.status === 'found' ? text('join.pageTitle', { room: state.room.name }) : text('join.plainTitle'))

  return (
    <PageFrame footer={<PageFooter />}>
      <div className="relative flex flex-1 flex-col">
        <div aria-hidden="true" className="aurora" />
        <div className="relative flex flex-1 flex-col justify-center px-4 pt-4 pb-10 sm:pb-20">
          <div className="glass mx-auto w-full max-w-115 rounded-l p-5 sm:p-8">
            {state.status === 'looking' && (
              <div className="flex min-h-60 items-center justify-center text-ink-3">
                <Spinner label={text('join.looking')} />
              </div>
            )}
            {state.status === 'found' && (
              <JoinForm
                key={roomId}
                roomId={roomId}
                room={state.room}
                hasKey={hasKey}
                onJoined={onJoined}
                onLook={look}
              />
            )}
            {state.status === 'failed' && <Refusal failure={state.failure} onRetry={look} />}
          </div>
        </div>
      </div>
    </PageFrame>
  )
}
