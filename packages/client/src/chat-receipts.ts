import type { Message } from '@parley/protocol/messenger'
import type { Carrier } from './carrier.ts'
import type { ReceiptSender } from './receipt-sender.ts'
import type { ReceiptKind } from './receipts.ts'
import type { Replica } from './replica.ts'

export interface ChatReceiptsOptions {
  readonly chatId: () => string
  readonly connection: Pick<Carrier, 'userId'>
  readonly replica: Replica
  readonly sender: ReceiptSender
}

/** Our own receipts in one chat. */
export function createChatReceipts({ chatId, connection, replica, sender }: ChatReceiptsOptions) {
  /** Rooms keep no account of who has got what. */
  const areKept = (): boolean => replica.chat !== null && replica.chat.kind !== 'room'

  /** False when that is no news. */
  function mark(kind: ReceiptKind, { id, seq }: Message): boolean {
    if (!areKept() || connection.userId === null || !replica.moveReceipt(connection.userId, kind, seq)) return false
    sender.mark(kind, { chatId: chatId(), messageId: id, seq })
    return true
  }

  return {
    mark,
    /** Everything that is in the timeline was delivered. */
    noteDelivered(): void {
      const latest = replica.timeline.latestOther
      if (latest !== null) mark('delivered', latest)
    },
    unread(): number {
      return areKept() ? replica.timeline.countOthers(replica.receipts.cursorOf(connection.userId ?? '').read) : 0
    },
  }
}
