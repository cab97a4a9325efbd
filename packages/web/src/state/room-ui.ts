import type { TimelineMessage } from '@parley/client'
import type { Member } from '@parley/protocol/messenger'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { NOTHING_UNREAD, nextUnread, type Unread, type UnreadChange } from './unread.ts'

/** What the composer is about to send. */
export type Composing =
  | { readonly mode: 'new' }
  | { readonly mode: 'reply'; readonly item: TimelineMessage }
  /** `written`: words that could not be sent before. */
  | { readonly mode: 'edit'; readonly item: TimelineMessage; readonly written?: string }

export type RoomDialog =
  | { readonly name: 'share' | 'extend' | 'export' | 'settings' | 'shortcuts' | 'leave' | 'end' | 'encryption' }
  | { readonly name: 'full-text'; readonly item: TimelineMessage }
  | { readonly name: 'delete'; readonly item: TimelineMessage }
  | PersonDialog

/** One that is about the room as a whole. */
export type PlainDialog = Exclude<RoomDialog, { item: unknown } | { member: unknown }>['name']

export interface PersonDialog {
  readonly name: 'hand-over' | 'remove' | 'ban'
  readonly member: Member
}

/** What is open on one message: its menu of actions, or the choice of a reaction. */
interface OpenOnMessage {
  readonly key: string
  readonly what: 'menu' | 'reactions'
}

/** The room as this person looks at it; nothing here is known to the server. */
export interface RoomUi {
  readonly composing: Composing
  readonly unread: Unread
  readonly isAtEnd: boolean
  readonly isPageVisible: boolean
  /** The message that arrow keys have reached. */
  readonly focusedKey: string | null
  readonly openOnMessage: OpenOnMessage | null
  /** On touch: the message whose actions are shown in a sheet. */
  readonly sheetItem: TimelineMessage | null
  /** Lights up for a moment after a jump. */
  readonly highlightedId: string | null
  readonly dialog: RoomDialog | null
  /** The panel on a wide screen, the sheet on a phone. */
  readonly isPeoplePanelOpen: boolean
  readonly isPeopleSheetOpen: boolean
}

export interface RoomUiStore extends StoreApi<RoomUi> {
  change(change: UnreadChange): void
  /** Where the person looks: decides what counts as read. */
  look(at: { readonly isAtEnd?: boolean; readonly isPageVisible?: boolean }): void
}

const NEW: Composing = { mode: 'new' }

export function createRoomUi(initial: Partial<RoomUi> = {}): RoomUiStore {
  const store = createStore<RoomUi>()(() => ({
    composing: NEW,
    unread: NOTHING_UNREAD,
    isAtEnd: true,
    isPageVisible: true,
    focusedKey: null,
    openOnMessage: null,
    sheetItem: null,
    highlightedId: null,
    dialog: null,
    isPeoplePanelOpen: true,
    isPeopleSheetOpen: false,
    ...initial,
  }))
  const change = (change: UnreadChange) => {
    const { unread } = store.getState()
    const next = nextUnread(unread, change)
    if (next !== unread) store.setState({ unread: next })
  }
  return {
    ...store,
    change,
    look(at) {
      const before = store.getState()
      const { isAtEnd = before.isAtEnd, isPageVisible = before.isPageVisible } = at
      if (isAtEnd !== before.isAtEnd || isPageVisible !== before.isPageVisible)
        store.setState({ isAtEnd, isPageVisible })
      change({ type: 'watching', isWatching: isAtEnd && isPageVisible })
    },
  }
}
