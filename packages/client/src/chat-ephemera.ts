import type { ServerData, ServerEvent } from '@parley/protocol/messenger'
import type { Knocks } from './knocks.ts'
import type { ReceiptKind } from './receipts.ts'
import type { Roster } from './roster.ts'
import type { ChatEvents, ChatPhase, RoomEnder } from './types.ts'
import type { Typists } from './typing.ts'

export interface ChatEphemeraOptions {
  readonly selfId: () => string | null
  readonly roster: Roster
  /** Somebody got so far; false when that is no news. */
  readonly moveReceipt: (userId: string, kind: ReceiptKind, seq: number) => boolean
  readonly typists: Typists
  readonly knocks: Knocks
  /** The snapshot changed. */
  readonly touch: () => void
  readonly tell: <E extends 'expiring' | 'knock'>(event: E, data: ChatEvents[E]) => void
  readonly join: () => void
  readonly finish: (phase: ChatPhase, endedBy?: RoomEnder) => void
}

/** What happens in a chat and is stored nowhere. Returns what takes such an event; others are passed over. */
export function createChatEphemera(options: ChatEphemeraOptions): (event: string, data: unknown) => void {
  const { selfId, roster, moveReceipt, typists, knocks, touch, tell, join, finish } = options
  const handlers: { readonly [E in ServerEvent]?: (data: ServerData<E>) => void } = {
    'message:typing'({ userId, name }) {
      if (userId !== selfId()) typists.started({ userId, name })
    },
    'message:stop-typing': ({ userId }) => typists.stopped(userId),
    'message:delivered'({ userId, seq }) {
      if (moveReceipt(userId, 'delivered', seq)) touch()
    },
    'message:read'({ userId, seq }) {
      if (moveReceipt(userId, 'read', seq)) touch()
    },
    'presence:update'({ userId, status }) {
      roster.setPresence(userId, status)
      touch()
    },
    'chat:expiring': ({ expiresAt, minutesLeft }) => tell('expiring', { expiresAt, minutesLeft }),
    'chat:expired': ({ endedBy }) => finish('expired', endedBy),
    'room:knock'({ userId, name }) {
      if (!knocks.add({ userId, name })) return
      touch()
      tell('knock', { userId, name })
    },
    'room:knock-answered'({ userId }) {
      knocks.remove(userId)
      touch()
    },
    'room:admitted': join,
    'room:refused': () => finish('refused'),
    'room:kicked': () => finish('kicked'),
  }
  const byName = handlers as Readonly<Record<string, ((data: unknown) => void) | undefined>>
  return (event, data) => byName[event]?.(data)
}
