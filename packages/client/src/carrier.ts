import type { ClientData } from '@parley/protocol/messenger'
import type { Connection } from './connection.ts'
import { createJoins } from './joins.ts'
import { createListeners } from './listeners.ts'

/** What chats need of whatever carries them. */
export type Carrier = Pick<
  Connection,
  'request' | 'noteActivity' | 'reauthenticate' | 'onLine' | 'onEvent' | 'isUp' | 'userId' | 'clockOffsetMs'
>

/** Carries chats over one connection; after an interruption they are joined again together. */
export function createCarrier(connection: Connection): Carrier {
  const lineChanged = createListeners<boolean>()
  const joins = createJoins(connection.request)
  connection.onLine((isUp) => joins.gather(() => lineChanged.tell(isUp)))
  return {
    request: ((event, data) =>
      event === 'chat:join'
        ? joins.join(data as ClientData<'chat:join'>)
        : connection.request(event, data)) as Connection['request'],
    noteActivity: connection.noteActivity,
    reauthenticate: connection.reauthenticate,
    onLine: lineChanged.add,
    onEvent: connection.onEvent,
    get isUp() {
      return connection.isUp
    },
    get userId() {
      return connection.userId
    },
    get clockOffsetMs() {
      return connection.clockOffsetMs
    },
  }
}
