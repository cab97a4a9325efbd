import {
  type ChatHandle,
  createParleyClient,
  createSessionOutbox,
  type ParleyClient,
  type VoiceHandle,
} from '@parley/client'
import { readStored } from '../platform/browser-storage.ts'
import { type RoomSession, readRoomSession, saveRoomToken } from '../platform/session.ts'
import { type CallUiStore, createCallUi } from './call-ui.ts'
import { createRoomUi, type RoomUiStore } from './room-ui.ts'

/** Where the panel of people keeps whether it was folded away. */
export const PEOPLE_PANEL_KEY = 'parley.people-panel'

/** What parts of the room ask of one another; each part puts its own in place while it is there. */
interface RoomCommands {
  /** Shows a message and lights it up, loading older ones until it is there. */
  jumpToMessage: (messageId: string) => void
  jumpToLatest: () => void
  focusComposer: () => void
  /** Puts an emoji where the cursor of the composer is. */
  insertText: (text: string) => void
  /** Says something to screen readers, politely. */
  announce: (words: string) => void
}

/** An open room: its connection, its conversation, its voice and how this person looks at them. */
export interface Room {
  readonly client: ParleyClient
  readonly chat: ChatHandle
  readonly voice: VoiceHandle
  readonly ui: RoomUiStore
  readonly call: CallUiStore
  readonly commands: RoomCommands
  /** The room's key, where its link has one. It goes into links and nowhere else. */
  readonly key: string | null
  close(): void
}

const nothing = () => undefined

/** Puts a room together from a conversation that is followed already. */
function createRoom(client: ParleyClient, chat: ChatHandle, key: string | null): Room {
  const ui = createRoomUi({ isPeoplePanelOpen: readStored(PEOPLE_PANEL_KEY) !== 'closed' })
  const call = createCallUi()
  const stop = chat.on('message', ({ id }) => ui.change({ type: 'arrived', messageId: id }))
  return {
    client,
    chat,
    voice: chat.voice,
    ui,
    call,
    key,
    commands: {
      jumpToMessage: nothing,
      jumpToLatest: nothing,
      focusComposer: nothing,
      insertText: nothing,
      announce: nothing,
    },
    close() {
      stop()
      call.close()
      chat.close()
      client.close()
    },
  }
}

/** Connects and takes the seat; with a key, all that is said is sealed with it. A fresh token is kept in this browser as it comes. */
export function openRoom({ roomId, token }: RoomSession, key: string | null): Room {
  const client = createParleyClient({
    getToken: () => readRoomSession(roomId)?.token ?? token,
    onToken: (fresh) => saveRoomToken(roomId, fresh),
    outbox: createSessionOutbox(),
  })
  // People see the code in groups; the wire names the room without hyphens.
  const room = createRoom(client, client.openChat(roomId.replaceAll('-', ''), key === null ? {} : { key }), key)
  client.connect()
  return room
}
