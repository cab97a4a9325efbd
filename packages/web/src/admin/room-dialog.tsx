import type { admin } from '@parley/protocol'
import { useCallback } from 'react'
import { Banner } from '../ui/banner.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { AdminError } from './admin-api.ts'
import { useAdminText } from './admin-words.ts'
import { useOperator, wordsOf } from './operator-context.tsx'
import { Tag } from './section.tsx'
import { useAsked } from './use-asked.ts'

const EVERY_MS = 3000

export interface RoomDialogProps {
  /** `null`: none is open. */
  readonly roomId: string | null
  readonly onClose: () => void
}

/** One room: who is in it, and what may be done about it. */
export function RoomDialog({ roomId, onClose }: RoomDialogProps) {
  return roomId === null ? null : <OpenRoom key={roomId} roomId={roomId} onClose={onClose} />
}

function OpenRoom({ roomId, onClose }: { readonly roomId: string; readonly onClose: () => void }) {
  const { api, propose } = useOperator()
  const say = useAdminText()
  const ask = useCallback(() => api.room(roomId), [api, roomId])
  const { answer, error, again } = useAsked(ask, EVERY_MS)
  const isGone = error instanceof AdminError && error.code === 'ROOM_NOT_FOUND'
  const name = answer?.room.name ?? roomId

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose()
      }}
      title={<span dir="auto">{name}</span>}
      description={
        <>
          <code className="font-mono text-xs">{roomId}</code> · {say('roomDialogText')}
        </>
      }
      size="l"
      footer={
        !isGone && (
          <Button
            variant="danger"
            onClick={() =>
              propose({
                title: say('closeRoomTitle', { name }),
                words: say('closeRoomText'),
                confirm: say('closeRoom'),
                run: () => api.closeRoom(roomId),
                done: say('roomClosed', { name }),
                after: onClose,
              })
            }
          >
            {say('closeRoom')}
          </Button>
        )
      }
    >
      {error !== null && <Banner tone="warning" title={isGone ? say('roomNotFound') : wordsOf(error, say)} />}
      {answer === null && error === null && <Spinner />}
      {answer !== null && !isGone && <RoomPeople details={answer} onChanged={() => void again()} />}
    </Dialog>
  )
}

function RoomPeople({ details, onChanged }: { readonly details: admin.RoomDetails; readonly onChanged: () => void }) {
  const { api, propose } = useOperator()
  const say = useAdminText()
  const { room, people, waiting } = details
  const remove = (userId: string, name: string) =>
    propose({
      title: say('removeTitle', { name }),
      words: say('removeText'),
      confirm: say('remove'),
      run: () => api.removeFromRoom(room.id, userId),
      done: say('removed', { name }),
      after: onChanged,
    })

  if (people.length === 0 && waiting.length === 0) return <p className="text-ink-2">{say('nobodyInRoom')}</p>
  return (
    <>
      <ul aria-label={say('people')} className="divide-y divide-line">
        {people.map(({ userId, name, role, isOnline, isInVoice }) => (
          <PersonLine
            key={userId}
            userId={userId}
            name={name}
            tags={
              <>
                <Tag tone={role === 'host' ? 'warm' : 'calm'}>{say(role)}</Tag>
                <Tag tone={isOnline ? 'good' : 'calm'}>{say(isOnline ? 'online' : 'offline')}</Tag>
                {isInVoice && <Tag tone="good">{say('inVoice')}</Tag>}
              </>
            }
            onRemove={() => remove(userId, name)}
          />
        ))}
      </ul>
      {waiting.length > 0 && (
        <>
          <h3 className="mt-6 mb-1 text-base">{say('waiting')}</h3>
          <ul aria-label={say('waiting')} className="divide-y divide-line">
            {waiting.map(({ userId, name }) => (
              <PersonLine key={userId} userId={userId} name={name} tags={null} onRemove={() => remove(userId, name)} />
            ))}
          </ul>
        </>
      )}
    </>
  )
}

interface PersonLineProps {
  readonly userId: string
  readonly name: string
  readonly tags: React.ReactNode
  readonly onRemove: () => void
}

function PersonLine({ userId, name, tags, onRemove }: PersonLineProps) {
  const say = useAdminText()
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <span className="min-w-48 flex-1">
        <span className="font-medium" dir="auto">
          {name}
        </span>
        <code className="block font-mono text-ink-3 text-xs">{userId}</code>
      </span>
      <span className="flex flex-wrap gap-1.5">{tags}</span>
      <Button size="s" aria-label={say('removeName', { name })} onClick={onRemove}>
        {say('remove')}
      </Button>
    </li>
  )
}
