import { csrfToken, login, refresh } from './identity-handlers.ts'
import type { RestHandler } from './rest-handler.ts'
import { createRoom, joinRoom, previewRoom, roomMessages } from './room-handlers.ts'

/** Every REST call of the rooms wire. */
export const REST_HANDLERS: readonly RestHandler[] = [
  login,
  createRoom,
  joinRoom,
  previewRoom,
  roomMessages,
  refresh,
  csrfToken,
]
