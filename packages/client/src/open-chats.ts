import type { Position } from '@parley/protocol'
import type { Carrier } from './carrier.ts'
import { createChat, type OpenChat } from './chat.ts'
import type { Clock } from './clock.ts'
import type { Device } from './device.ts'
import { isRoomKey } from './e2ee/room-key.ts'
import { createSealedCarrier, type SealedCarrier } from './e2ee/sealed-carrier.ts'
import type { ReceiptSender } from './receipt-sender.ts'
import type { Timings } from './timings.ts'
import type { ChatHandle, OutboxStorage } from './types.ts'

export interface OpenChatsOptions {
  readonly carrier: Carrier
  readonly clock: Clock
  readonly device: Device
  readonly random: () => number
  readonly timings: Timings
  readonly storage: OutboxStorage
  readonly receipts: ReceiptSender
  /** Whether the server's word of this chat is still wanted when its handle is closed. */
  readonly isWanted?: (chatId: string) => boolean
}

/** The chats that somebody holds a handle of. */
export interface OpenChats {
  /** The same handle for the same chat until it is closed or over: then a new one, which joins again. */
  open(chatId: string, key?: string): ChatHandle
  find(chatId: string): OpenChat | undefined
  list(): readonly OpenChat[]
  received(event: string, data: unknown): void
  expect(chatId: string, position: Position): void
  closeAll(): void
}

export function createOpenChats(options: OpenChatsOptions): OpenChats {
  const { carrier, clock, device, random, timings, storage, receipts, isWanted = () => false } = options
  const chats = new Map<string, OpenChat>()
  const sealedCarriers = new WeakMap<OpenChat, SealedCarrier>()

  return {
    open(chatId, key) {
      const open = chats.get(chatId)
      if (open?.isOver === false) return open.handle
      open?.handle.close()
      if (key !== undefined && !isRoomKey(key)) throw new RangeError('A room key is 32 bytes in base64url.')
      const sealed = createSealedCarrier({
        carrier,
        key: key ?? null,
        deliver: (event, data) => chat.received(event, data),
      })
      const chat = createChat({
        chatId,
        connection: sealed.carrier,
        encryption: () => sealed.encryption,
        key: key ?? null,
        clock,
        device,
        random,
        timings,
        storage,
        receipts,
        createId,
        onClosed(id, mustLeave) {
          chats.delete(chatId)
          // Nobody waits for the answer.
          if (mustLeave && !isWanted(id)) carrier.request('chat:leave', { chatId: id }).catch(() => undefined)
        },
      })
      chats.set(chatId, chat)
      sealedCarriers.set(chat, sealed)
      return chat.handle
    },
    find: (chatId) => chats.get(chatId),
    list: () => [...chats.values()],
    received(event, data) {
      const chatId = chatIdOf(data)
      for (const chat of [...chats.values()]) {
        // Presence is told once for all chats that we share.
        if (chatId === null || chat.chatId === chatId) sealedCarriers.get(chat)?.received(event, data)
      }
    },
    expect(chatId, position) {
      for (const chat of chats.values()) if (chat.chatId === chatId) chat.expect(position)
    },
    closeAll() {
      for (const { handle } of [...chats.values()]) handle.close()
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
