import { DoorOpen } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { Button } from '../../ui/button.tsx'
import { useChat, useRoomUi } from './room-context.tsx'

/** While somebody waits and the list of people is not in view: says so, where it can't be missed. */
export function LobbyNotice({ onShow }: { readonly onShow: () => void }) {
  const text = useText()
  const count = useChat((snapshot) => snapshot.knocking.length)
  const isPanelOpen = useRoomUi((ui) => ui.isPeoplePanelOpen)
  if (count === 0) return null
  return (
    <div
      className={`glass pointer-events-auto mx-auto flex w-fit max-w-full animate-[rise-in_160ms_ease-out] items-center gap-3 rounded-m py-2 ps-4 pe-2 ${isPanelOpen ? 'md:hidden' : ''}`}
    >
      <DoorOpen size={20} aria-hidden="true" className="shrink-0 text-accent-ink" />
      <p className="font-semibold text-sm">{text('room.waitingToJoin', { count })}</p>
      <Button size="s" onClick={onShow}>
        {text('room.see')}
      </Button>
    </div>
  )
}
