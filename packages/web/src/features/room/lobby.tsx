import { useText } from '../../i18n/text.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useChat, useRoom } from './room-context.tsx'

/** Who waits to come in, for those who may let them. */
export function Lobby() {
  const text = useText()
  const { room, actions } = useRoom()
  const knocking = useChat((snapshot) => snapshot.knocking)
  if (knocking.length === 0) return null
  const answer = (userId: string, admit: boolean) => void actions.attempt(room.chat.admit(userId, admit))
  return (
    <section className="mb-3 animate-[rise-in_160ms_ease-out] rounded-m bg-accent-soft p-2">
      <h3 className="px-2 pt-1 pb-1.5 text-accent-ink text-xs">
        {text('room.waitingToJoin', { count: knocking.length })}
      </h3>
      <ul className="flex flex-col gap-1">
        {knocking.map(({ userId, name }) => (
          <li key={userId} className="flex flex-col gap-2 rounded-s px-2 pt-1 pb-1.5">
            <div className="flex items-center gap-2.5">
              <Avatar id={userId} name={name} size="s" />
              <span dir="auto" className="ui-start min-w-0 flex-1 truncate font-medium text-sm">
                {name}
              </span>
            </div>
            <div className="flex gap-2 [&>*]:flex-1">
              <Button size="s" aria-label={text('room.refuseName', { name })} onClick={() => answer(userId, false)}>
                {text('room.refuse')}
              </Button>
              <Button
                size="s"
                variant="primary"
                aria-label={text('room.admitName', { name })}
                onClick={() => answer(userId, true)}
              >
                {text('room.admit')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
