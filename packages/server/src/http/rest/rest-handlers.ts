import {
  addMembers,
  createConversation,
  deleteConversation,
  getConversation,
  listConversations,
  removeMember,
  removeMemberByPath,
  updateConversation,
} from './conversation-handlers.ts'
import { csrfToken, login, refresh } from './identity-handlers.ts'
import { addReaction, deleteMessage, editMessage, removeReaction } from './message-change-handlers.ts'
import { listMessages, markDelivered, markRead, postMessage } from './message-handlers.ts'
import { clearNotification, clearNotifications, listNotifications } from './notification-handlers.ts'
import { poll, send } from './poll-handlers.ts'
import { downloadRecording, listRecordings } from './recording-handlers.ts'
import type { RestHandler } from './rest-handler.ts'
import { createRoom, joinRoom, previewRoom, roomMessages } from './room-handlers.ts'
import { turnCredentials } from './turn-handlers.ts'
import { deleteUser, exportUser, revoke } from './user-handlers.ts'

/** Rooms, and the guests in them. */
const ROOM_HANDLERS: readonly RestHandler[] = [
  login,
  createRoom,
  joinRoom,
  previewRoom,
  roomMessages,
  listRecordings,
  downloadRecording,
  refresh,
  csrfToken,
]

/** Conversations that last: all that a process with the role `api` serves. */
export const SITE_HANDLERS: readonly RestHandler[] = [
  createConversation,
  listConversations,
  getConversation,
  updateConversation,
  deleteConversation,
  addMembers,
  removeMember,
  removeMemberByPath,
  listMessages,
  postMessage,
  editMessage,
  deleteMessage,
  addReaction,
  removeReaction,
  markRead,
  markDelivered,
  listNotifications,
  clearNotification,
  clearNotifications,
  poll,
  send,
  deleteUser,
  exportUser,
  revoke,
]

/** Every REST call. */
export const REST_HANDLERS: readonly RestHandler[] = [...ROOM_HANDLERS, turnCredentials, ...SITE_HANDLERS]
