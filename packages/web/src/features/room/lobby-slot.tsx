import { lazy, Suspense } from 'react'
import { useChat } from './room-context.tsx'

/** Most rooms have no lobby: what lets people in is fetched when the first one knocks. */
const LazyLobby = lazy(() => import('./lobby.tsx').then(({ Lobby }) => ({ default: Lobby })))
const LazyNotice = lazy(() => import('./lobby-notice.tsx').then(({ LobbyNotice }) => ({ default: LobbyNotice })))

const useHasKnocks = (): boolean => useChat(({ knocking }) => knocking.length > 0)

/** Who waits, in the list of people. */
export function LobbySlot() {
  if (!useHasKnocks()) return null
  return (
    <Suspense>
      <LazyLobby />
    </Suspense>
  )
}

/** That somebody waits, over the conversation. */
export function LobbyNoticeSlot({ onShow }: { readonly onShow: () => void }) {
  if (!useHasKnocks()) return null
  return (
    <Suspense>
      <LazyNotice onShow={onShow} />
    </Suspense>
  )
}
