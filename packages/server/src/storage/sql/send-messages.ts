import type { ConversationId, DurableEvent, Message, MessageAppended, MessageWrite } from '@parley/core'
import type { Batch, Head } from './batch.ts'
import type { Work } from './group-commit.ts'
import { selectByKeys } from './many-rows.ts'
import { rowOfNotification } from './sql-notification-store.ts'
import { fromNewMessage, messagesByKeys, toMessages } from './stored-message.ts'

export interface Sending {
  readonly id: ConversationId
  readonly write: Extract<MessageWrite, { type: 'send' }>
}

/** What decides about a message that is to be sent. */
interface Sender {
  /** `null` for somebody who is not a member. */
  readonly name: string | null
  /** Where a message of theirs with the same client id is. */
  readonly earlierSeq: number | null
}

/** Stores messages with their notifications: any number of them in a handful of statements. */
export const sendMessages: Work<Sending, MessageAppended> = {
  async perform(batch, asked) {
    const heads = await batch.heads(asked.map(({ id }) => id))
    const open = asked.filter(({ id }) => heads.has(id))
    const senders = await readSenders(batch, open)
    const earlier = await readEarlier(batch, open, senders)
    /** What this batch itself has stored, by sender and client id. */
    const stored = new Map<string, Message>()

    return asked.map(({ id, write }): MessageAppended => {
      const head = heads.get(id)
      if (head === undefined) return { status: 'gone' }
      const key = keyOf({ id, write })
      const name = senders.get(key)?.name ?? null
      if (name === null) return { status: 'not-member' }
      const before = write.message.clientId === null ? undefined : (earlier.get(key) ?? stored.get(key))
      if (before !== undefined) return { status: 'duplicate', message: before }
      const appended = send(batch, head, write, name)
      if (appended.message.clientId !== null) stored.set(key, appended.message)
      return appended
    })
  },
}

const keyOf = ({ id, write: { message } }: Sending): string => JSON.stringify([id, message.senderId, message.clientId])

async function readSenders({ db, dialect }: Batch, asked: readonly Sending[]): Promise<ReadonlyMap<string, Sender>> {
  const byKey = new Map(asked.map((one) => [keyOf(one), one]))
  if (byKey.size === 0) return new Map()
  const keys = Array.from(byKey.values(), ({ id, write: { message } }) => [id, message.senderId, message.clientId])
  const rows = await selectByKeys<SenderRow>(db, dialect, ['c', 's', 'i'], keys, SELECT_SENDERS)
  return new Map(rows.map(({ c, s, i, name, seq }) => [JSON.stringify([c, s, i]), { name, earlierSeq: seq }]))
}

interface SenderRow {
  readonly c: string
  readonly s: string
  readonly i: string | null
  readonly name: string | null
  readonly seq: number | null
}

// Subqueries, so that each key is looked up in an index: a join may read the whole table, while it is not large yet.
const SELECT_SENDERS = `select k.c, k.s, k.i,
  (select p.name from memberships as p
    where p.conversation_id = k.c and p.user_id = k.s and p.left_commit is null) as name,
  (select m.seq from messages as m
    where m.conversation_id = k.c and m.sender_id = k.s and m.client_id = k.i) as seq
  from k`

async function readEarlier(
  { db }: Batch,
  asked: readonly Sending[],
  senders: ReadonlyMap<string, Sender>,
): Promise<ReadonlyMap<string, Message>> {
  const places = new Map<string, readonly [ConversationId, number]>()
  for (const one of asked) {
    const seq = senders.get(keyOf(one))?.earlierSeq
    if (seq) places.set(JSON.stringify([one.id, seq]), [one.id, seq])
  }
  const rows = await messagesByKeys(db, 'seq', [...places.values()])
  const messages = await toMessages(db, rows)
  return new Map(messages.map((one) => [JSON.stringify([one.conversationId, one.senderId, one.clientId]), one]))
}

function send(batch: Batch, head: Head, write: Sending['write'], senderName: string) {
  const { createdAt: at } = write.message
  const rev = batch.nextRev(head, at)
  // Those that were sent with an older time, by a clock that went back, are kept as long as their neighbours.
  head.oldest_at ??= at
  const message: Message = {
    ...write.message,
    senderName,
    seq: rev,
    rev,
    editedAt: null,
    deletedAt: null,
    reactions: {},
  }
  batch.insert('messages', fromNewMessage(message, rev, batch.commit))
  const event: DurableEvent = { type: 'message.sent', conversationId: head.id, at, rev, message }
  const appended = { status: 'appended', message, event, epoch: head.epoch } as const
  if (write.notifications === undefined) return appended
  const notifications = write.notifications.map((one) => ({ ...one, seq: rev }))
  for (const one of notifications) batch.insert('notifications', rowOfNotification(one))
  return { ...appended, notifications }
}
