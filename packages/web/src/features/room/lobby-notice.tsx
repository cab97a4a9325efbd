import { DoorOpen } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { classNames } from '../../ui/class-names.ts'
import { useChat, useRoom, useRoomUi } from './room-context.tsx'

/** While somebody waits and the list of people is not in view: says so, where it can't be missed. */
export function LobbyNotice({ onShow }: { readonly onShow: () => void }) {
  const text = useText()
  const { room, actions } = useRoom()
  const knocking = useChat((snapshot) => snapshot.knocking)
  const isPanelOpen = useRoomUi((ui) => ui.isPeoplePanelOpen)
  const [first] = knocking
  if (first === undefined) return null
  const isOne = knocking.length === 1
  const answer = (admit: boolean) => void actions.attempt(room.chat.admit(first.userId, admit))
  return (
    <div
      className={classNames(
        'glass pointer-events-auto mx-auto flex max-w-full animate-[rise-in_160ms_ease-out] flex-wrap items-center justify-end gap-x-3 gap-y-1.5 rounded-m py-2 ps-4 pe-2',
        isPanelOpen && 'roomy:hidden',
      )}
    >
      <p className="flex min-w-0 flex-1 items-center gap-2.5 font-semibold text-sm">
        <DoorOpen aria-hidden="true" className="size-5 shrink-0 text-accent-ink" />
        <span className="whitespace-nowrap max-sm:whitespace-normal">
          {isOne ? text('room.knock', { name: first.name }) : text('room.waitingToJoin', { count: knocking.length })}
        </span>
      </p>
      {isOne ? (
        <div className="flex gap-2">
          <Button size="s" onClick={() => answer(false)}>
            {text('room.refuse')}
          </Button>
          <Button size="s" variant="primary" onClick={() => answer(true)}>
            {text('room.admit')}
          </Button>
        </div>
      ) : (
        <Button size="s" onClick={onShow}>
          {text('room.see')}
        </Button>
      )}
    </div>
  )
}
