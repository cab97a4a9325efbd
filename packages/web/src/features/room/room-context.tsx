import type { ChatSnapshot, ConnectionState } from '@parley/client'
import type { Member } from '@parley/protocol/messenger'
import { createContext, use, useCallback, useSyncExternalStore } from 'react'
import { useStore } from 'zustand'
import type { Room } from '../../state/open-room.ts'
import type { RoomUi } from '../../state/room-ui.ts'
import type { RoomActions } from './room-actions.ts'

export interface RoomContextValue {
  readonly room: Room
  readonly actions: RoomActions
}

export const RoomContext = createContext<RoomContextValue | null>(null)

export function useRoom(): RoomContextValue {
  const value = use(RoomContext)
  if (value === null) throw new Error('There is no room around this component.')
  return value
}

/** A part of the conversation's snapshot; `select` must give the same object for the same snapshot. */
export function useChat<T>(select: (snapshot: ChatSnapshot) => T): T {
  const { chat } = useRoom().room
  return useSyncExternalStore(chat.subscribe, () => select(chat.getSnapshot()))
}

/** A part of how this person looks at the room; same rule. */
export function useRoomUi<T>(select: (ui: RoomUi) => T): T {
  return useStore(useRoom().room.ui, select)
}

export function useConnection(): ConnectionState {
  const { client } = useRoom().room
  return useSyncExternalStore(client.subscribe, client.getState)
}

/** Oneself, once the people are known. */
export const useSelf = (): Member | undefined =>
  useChat(({ members, selfId }) => members.find(({ userId }) => userId === selfId))

/** Opens a dialog of the room. */
export function useOpenDialog(): (dialog: RoomUi['dialog']) => void {
  const { ui } = useRoom().room
  return useCallback((dialog) => ui.setState({ dialog }), [ui])
}
