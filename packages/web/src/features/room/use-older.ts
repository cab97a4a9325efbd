import { useCallback } from 'react'
import { useChat, useRoom } from './room-context.tsx'

/** What is older than the rows that are there, and how to get it. */
export function useOlder() {
  const { room, actions } = useRoom()
  const hasOlder = useChat((snapshot) => snapshot.hasOlder)
  const loadingOlder = useChat((snapshot) => snapshot.loadingOlder)
  const load = useCallback(() => {
    const snapshot = room.chat.getSnapshot()
    if (!snapshot.hasOlder || snapshot.loadingOlder || snapshot.phase !== 'joined') return
    void actions.attempt(room.chat.loadOlder())
  }, [room, actions])
  return { hasOlder, loadingOlder, load }
}
