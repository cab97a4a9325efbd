import { PanelLeftClose } from 'lucide-react'
import { useText } from '../../i18n/text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { PeopleList } from './people-list.tsx'
import { useChat, useRoom, useRoomUi } from './room-context.tsx'

/** Beside the conversation on a wide screen. */
export function PeoplePanel({ onClose }: { readonly onClose: () => void }) {
  const text = useText()
  const isOpen = useRoomUi((ui) => ui.isPeoplePanelOpen)
  if (!isOpen) return null
  return (
    <aside
      aria-labelledby="people-title"
      className="hidden w-76 shrink-0 animate-[fade-in_160ms_ease-out] flex-col border-line border-e roomy:flex"
    >
      <div className="flex h-21 shrink-0 items-center gap-2 ps-6 pe-3">
        <h2 id="people-title" className="flex-1 text-base">
          {text('room.people')} <PeopleCount />
        </h2>
        <IconButton
          label={text('room.hidePeople')}
          icon={<PanelLeftClose className="size-5 rtl:-scale-x-100" />}
          onClick={onClose}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-3 pb-4">
        <PeopleList />
      </div>
    </aside>
  )
}

/** The same on a phone. */
export function PeopleSheet() {
  const text = useText()
  const { room } = useRoom()
  const isOpen = useRoomUi((ui) => ui.isPeopleSheetOpen)
  return (
    <Sheet
      open={isOpen}
      onOpenChange={(open) => room.ui.setState({ isPeopleSheetOpen: open })}
      title={
        <>
          {text('room.people')} <PeopleCount />
        </>
      }
    >
      <div className="-mx-2 min-h-[40dvh]">
        <PeopleList />
      </div>
    </Sheet>
  )
}

function PeopleCount() {
  const text = useText()
  const count = useChat((snapshot) => snapshot.members.length)
  const max = useChat((snapshot) => snapshot.chat?.maxParticipants)
  if (max === undefined) return null
  return <span className="tabular ms-1 font-normal text-ink-3 text-sm">{text('room.peopleCount', { count, max })}</span>
}
