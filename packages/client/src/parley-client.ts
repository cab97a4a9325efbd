import type { ClientData, ClientEvent } from '@parley/protocol/messenger'
import { createCarrier } from './carrier.ts'
import { type Clock, systemClock } from './clock.ts'
import { createConnection } from './connection.ts'
import { createDevice, type Device } from './device.ts'
import type { OpenLine } from './line.ts'
import { createOpenChats } from './open-chats.ts'
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
  const { clock = systemClock, device = createDevice(), random = Math.random, timings = DEFAULT_TIMINGS } = parts
  const connection = createConnection({
    url: options.url,
    tokens: createTokenSource(options),
    openLine: parts.openLine ?? openSocketIoLine,
    device,
    clock,
    random,
    timings,
    probe() {
      const chat = chats.list().find(({ isIn }) => isIn)
      return chat === undefined ? null : { event: 'chat:get-active-members', data: { chatId: chat.chatId } }
    },
  })
  const carrier = createCarrier(connection)
  const receipts = createReceiptSender({ clock, send: carrier.request })
  const storage = options.outbox ?? createMemoryOutbox()
  const chats = createOpenChats({ carrier, clock, device, random, timings, storage, receipts })
  connection.onLine((isUp) => (isUp ? receipts.resume() : receipts.pause()))
  connection.onEvent(({ name, data }) => chats.received(name, data))

  return {
    getState: connection.getState,
    subscribe: connection.subscribe,
    connect: connection.connect,
    openChat(chatId, { key } = {}) {
      const isNew = chats.find(chatId) === undefined
      const handle = chats.open(chatId, key)
      if (isNew) connection.connect()
      return handle
    },
    get clockOffsetMs() {
      return connection.clockOffsetMs
    },
    wire: {
      request: (event, data) => connection.request(event as ClientEvent, data as ClientData<ClientEvent>),
      onEvent: connection.onEvent,
    },
    close() {
      chats.closeAll()
      connection.close()
    },
  }
}
