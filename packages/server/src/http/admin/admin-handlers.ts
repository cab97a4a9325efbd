import type { AdminHandler } from './admin-handler.ts'
import { drainNode, setLogLevel } from './node-handlers.ts'
import { overview } from './overview-handler.ts'
import { listPeople, signIn, signOut } from './people-handlers.ts'
import { closeRoom, inspectRoom, listRooms, removeFromRoom } from './room-handlers.ts'

/** Every call of the operator. */
export const ADMIN_HANDLERS: readonly AdminHandler[] = [
  signIn,
  overview,
  listRooms,
  inspectRoom,
  closeRoom,
  removeFromRoom,
  listPeople,
  signOut,
  drainNode,
  setLogLevel,
]
