import { createCarrier } from './carrier.ts'
import { createChat, type OpenChat } from './chat.ts'
import { type Clock, systemClock } from './clock.ts'
import { createConnection } from './connection.ts'
import { createDevice, type Device } from './device.ts'
import type { OpenLine } from './line.ts'
import { createMemoryOutbox } from './outbox-storage.ts'
import { createReceiptSender } from './receipt-sender.ts'
import { openSocketIoLine } from './socket-io-line.ts'
import { DEFAULT_TIMINGS, type Timings } from './timings.ts'
import { createTokenSource } from './token-source.ts'
import type { ParleyClient, ParleyClientOptions } from './types.ts'

/** What a client is made of; tests bring their own. */
export interface ClientParts {
  readonly openLine: OpenLine
  readonly clock: Clock
  readonly device: Device
  readonly random: () => number
  readonly timings: Timings
}

/** One connection to a Parley server, and the chats that are open on it. Connects when told, or with the first chat. */
export function createParleyClient(options: ParleyClientOptions, parts: Partial<ClientParts> = {}): ParleyClient {
  const { clock = systemClock, random = Math.random, timings = DEFAULT_TIMINGS } = parts
  const chats = new Map<string, OpenChat>()
  const storage = options.outbox ?? createMemoryOutbox()
  const connection = createConnection({
    url: options.url,
    tokens: createTokenSource(options),
    openLine: parts.openLine ?? openSocketIoLine,
    device: parts.device ?? createDevice(),
    clock,
    random,
    timings,
    probe() {
      for (const { isIn, chatId } of chats.values()) {
        if (isIn) return { event: 'chat:get-active-members', data: { chatId } }
      }
      return null
    },
  })

  const carrier = createCarrier(connection)
  const receipts = createReceiptSender({ clock, send: carrier.request })
  connection.onLine((isUp) => (isUp ? receipts.resume() : receipts.pause()))
  connection.onEvent(({ name, data }) => {
    const chatId = chatIdOf(data)
    for (const chat of [...chats.values()]) {
      // Presence is told once for all chats that we share.
      if (chatId === null || chat.chatId === chatId) chat.received(name, data)
    }
  })

  return {
    getState: connection.getState,
    subscribe: connection.subscribe,
    connect: connection.connect,
    openChat(chatId) {
      const open = chats.get(chatId)
      if (open !== undefined) return open.handle
      const chat = createChat({
        chatId,
        connection: carrier,
        clock,
        random,
        timings,
        storage,
        createId,
        receipts,
        onClosed(id, mustLeave) {
          chats.delete(chatId)
          // Nobody waits for the answer.
          if (mustLeave) carrier.request('chat:leave', { chatId: id }).catch(() => undefined)
        },
      })
      chats.set(chatId, chat)
      connection.connect()
      return chat.handle
    },
    get clockOffsetMs() {
      return connection.clockOffsetMs
    },
    close() {
      for (const { handle } of [...chats.values()]) handle.close()
      connection.close()
    },
  }
}

function chatIdOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('chatId' in data)) return null
  return typeof data.chatId === 'string' ? data.chatId : null
}

/** 128 random bits. Not `randomUUID`, which pages without TLS don't have. */
function createId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
