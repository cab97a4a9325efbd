import type { Position } from '@parley/protocol'
import type { Answer, ClientData, ClientEvent, Message, ServerData } from '@parley/protocol/messenger'
import type { Carrier } from './carrier.ts'
import { createChatActions } from './chat-actions.ts'
import { createChatEphemera } from './chat-ephemera.ts'
import { createChatExpiry } from './chat-expiry.ts'
import { createMembership } from './chat-membership.ts'
import { finalReason, phaseOfRefusal } from './chat-phase.ts'
import { createChatReceipts } from './chat-receipts.ts'
import type { Clock } from './clock.ts'
import type { Device } from './device.ts'
import { readHistory } from './history.ts'
import { createKnocks } from './knocks.ts'
import { createListeners, type Listeners } from './listeners.ts'
import { createOlderMessages } from './older-messages.ts'
import { createOutbox } from './outbox.ts'
import { failureOf, ParleyError } from './parley-error.ts'
import type { ReceiptSender } from './receipt-sender.ts'
import { createReplica } from './replica.ts'
import type { Timings } from './timings.ts'
import type {
  ChatEvents,
  ChatHandle,
  ChatPhase,
  ChatSnapshot,
  Encryption,
  FailureInfo,
  OutboxStorage,
  RoomEnder,
  UnsentMessage,
} from './types.ts'
import { createTypingSender, createTypists } from './typing.ts'
import { createUnsentItems, wireMessage } from './unsent-items.ts'
import { createVoice } from './voice/voice.ts'
import { createVoiceLine } from './voice/voice-line.ts'

export interface ChatOptions {
  readonly chatId: string
  /** Opens and seals what is said, in encrypted chats. */
  readonly connection: Carrier
  readonly encryption: () => Encryption
  /** The room's key, for media. */
  readonly key: string | null
  readonly clock: Clock
  readonly device: Device
  readonly random: () => number
  readonly timings: Timings
  readonly storage: OutboxStorage
  readonly createId: () => string
  /** Tells the server how far we have got. */
  readonly receipts: ReceiptSender
  /** The handle is closed. `mustLeave`: the server still tells this connection of the chat. */
  readonly onClosed: (chatId: string, mustLeave: boolean) => void
}

/** What the client tells a chat. */
export interface OpenChat {
  readonly handle: ChatHandle
  /** The server's spelling of the id, once known. */
  readonly chatId: string
  readonly isIn: boolean
  /** Nothing more comes: left, removed from it, refused, or it ended. */
  readonly isOver: boolean
  /** How many messages of others are unread at this moment; `null` where not all of them may be here. */
  readonly unread: number | null
  received(event: string, data: unknown): void
  /** The server is known to have got so far with this chat. */
  expect(position: Position): void
}

const HISTORY_PAGE = 50

/** A chat that stays joined while there is a line. */
export function createChat(options: ChatOptions): OpenChat {
  const { connection, clock, random, timings, storage, createId } = options
  const changed = createListeners<void>()
  const listeners: { readonly [E in keyof ChatEvents]: Listeners<ChatEvents[E]> } = {
    message: createListeners(),
    expiring: createListeners(),
    knock: createListeners(),
    reset: createListeners(),
  }
  const unsentItems = createUnsentItems()
  const knocks = createKnocks()
  const typists = createTypists(clock, touch)
  const typing = createTypingSender(clock, (isTyping) => {
    if (membership.isIn) notify(isTyping ? 'message:typing' : 'message:stop-typing', { chatId: chatId() })
  })
  let phase: ChatPhase = 'joining'
  let error: FailureInfo | null = null
  let endedBy: RoomEnder | null = null
  let snapshot: ChatSnapshot | null = null
  let isClosed = false
  /** Messages to tell of once the snapshot has them. */
  let arrived: Message[] = []

  const replica = createReplica({
    selfId: () => connection.userId,
    onOwn: (tempId) => outbox.settle(tempId),
    onMessage(message) {
      typists.stopped(message.senderId)
      arrived.push(message)
    },
    onSelfLeft(reason) {
      if (reason === 'timeout') membership.join()
      else finish(reason)
    },
    onErased: () => membership.renew(),
    onHole: () => membership.heal(),
  })
  const receipts = createChatReceipts({ chatId, connection, replica, sender: options.receipts })
  const outbox = createOutbox({
    chatId: options.chatId,
    clock,
    random,
    storage,
    userId: () => connection.userId,
    send: sendUnsent,
    onStored: (message) => take('message:new', message),
    onChange: touch,
    onNotJoined: () => membership.join(),
  })
  const membership = createMembership({
    chatId,
    connection,
    replica,
    clock,
    random,
    onJoined(outcome) {
      phase = 'joined'
      expiry.watch()
      settleStored()
      outbox.resume()
      receipts.noteDelivered()
      voice.joined()
      touch()
      tellArrived()
      if (outcome === 'replaced') listeners.reset.tell(undefined)
    },
    onWaiting(chat) {
      replica.preview(chat)
      phase = 'waiting'
      touch()
    },
    onAway() {
      outbox.pause()
      typing.forget()
      typists.clear()
      knocks.clear()
      voice.away()
      touch()
    },
    onRefused: (refusal) => finish(phaseOfRefusal(refusal.code, expiry.isTimeUp), failureOf(refusal)),
  })
  const expiry = createChatExpiry({
    clock,
    expiresAt: () => replica.chat?.expiresAt,
    clockOffsetMs: () => connection.clockOffsetMs,
    onTimeUp: () => membership.join(),
  })
  const older = createOlderMessages({
    replica,
    ask: (before) => act('chat:history', { chatId: chatId(), before, limit: HISTORY_PAGE }),
    onChange: touch,
  })
  const actions = createChatActions({
    chatId,
    act,
    onChanged: (message) => take('message:updated', message),
    onAnswered(userId) {
      knocks.remove(userId)
      touch()
    },
  })

  const voice = createVoice({
    clock,
    device: options.device,
    random,
    line: createVoiceLine({ chatId, isIn: () => membership.isIn, act, request: connection.request }),
    selfId: () => connection.userId,
    members: replica.roster.list,
    mediaKey: () => (options.key === null ? null : { roomId: chatId(), key: options.key }),
  })
  const ephemeral = createChatEphemera({
    selfId: () => connection.userId,
    roster: replica.roster,
    moveReceipt: replica.moveReceipt,
    typists,
    knocks,
    touch,
    tell: (event, data) => listeners[event].tell(data),
    join: () => membership.join(),
    finish(next, by) {
      endedBy = by ?? null
      finish(next)
    },
  })

  function chatId(): string {
    return replica.chat?.id ?? options.chatId
  }

  function touch(): void {
    snapshot = null
    if (!isClosed) changed.tell()
  }

  /** A durable event, or what an answer says in its place. */
  function take(event: string, data: unknown): boolean {
    if (!replica.offer(event, data)) return false
    settleStored()
    receipts.noteDelivered()
    touch()
    tellArrived()
    return true
  }

  /** Own messages whose place we have passed are in the timeline, or before what it holds. */
  function settleStored(): void {
    const rev = replica.position?.rev ?? 0
    for (const { tempId, stored } of outbox.entries()) {
      if (stored !== undefined && stored.seq <= rev) outbox.settle(tempId)
    }
  }

  function tellArrived(): void {
    const messages = arrived
    arrived = []
    for (const message of messages) listeners.message.tell(message)
  }

  /** The end of this chat for us. What was seen stays to be read. */
  function finish(next: ChatPhase, reason: FailureInfo | null = null): void {
    if (finalReason(phase) !== null) return
    phase = next
    error = reason
    stop()
    knocks.clear()
    const why = reason ?? finalReason(next)
    if (why !== null) outbox.abandon(why)
    voice.end(next === 'left' ? null : why)
    touch()
  }

  function stop(): void {
    membership.stop()
    outbox.pause()
    expiry.stop()
    typing.forget()
    typists.clear()
  }

  function received(event: string, data: unknown): void {
    if (finalReason(phase) !== null) return
    if (take(event, data)) {
      if (event === 'chat:updated') noteSettings()
      else if (event === 'chat:member-left') typists.stopped((data as ServerData<'chat:member-left'>).userId)
    } else if (event.startsWith('voice:')) voice.received(event, data)
    else ephemeral(event, data)
  }

  function noteSettings(): void {
    expiry.watch()
    const role = replica.roster.get(connection.userId ?? '')?.role
    if (role === 'host' || role === 'moderator') return
    knocks.clear()
    touch()
  }

  /** A request whose refusal may mean that the line or the seat needs renewal. */
  async function request<E extends ClientEvent>(event: E, data: ClientData<E>): Promise<Answer<E>> {
    try {
      return await connection.request(event, data)
    } catch (failure) {
      const code = failure instanceof ParleyError ? failure.code : null
      if (code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED') connection.reauthenticate()
      else if (code === 'NOT_IN_ROOM') membership.join()
      throw failure
    }
  }

  /** Sends what needs no answer. */
  function notify<E extends ClientEvent>(event: E, data: ClientData<E>): void {
    connection.request(event, data).catch(() => undefined)
  }

  async function act<E extends ClientEvent>(event: E, data: ClientData<E>): Promise<Answer<E>> {
    connection.noteActivity()
    const over = error ?? finalReason(phase)
    if (over !== null) throw new ParleyError(over.code, over.message)
    await membership.whenIn(timings.actionWaitMs)
    return request(event, data)
  }

  async function sendUnsent(unsent: UnsentMessage): Promise<Message> {
    return (await request('message:new', { chatId: chatId(), ...wireMessage(unsent) })).message
  }

  async function leave(): Promise<void> {
    if (finalReason(phase) !== null) return
    if (phase === 'waiting' && connection.isUp) await request('room:leave', { chatId: chatId() })
    else await act('room:leave', { chatId: chatId() })
    finish('left')
  }

  function close(): void {
    if (isClosed) return
    isClosed = true
    const mustTell = connection.isUp && (membership.isIn || phase === 'waiting')
    void voice.handle.leave()
    stop()
    outbox.close()
    options.onClosed(chatId(), mustTell)
  }

  function view(): ChatSnapshot {
    const selfId = connection.userId
    const sender = { chatId: chatId(), selfId: selfId ?? '', name: replica.roster.nameOf(selfId ?? '') }
    return {
      phase,
      error,
      endedBy,
      chat: replica.chat,
      selfId,
      members: replica.roster.list(),
      encryption: options.encryption(),
      timeline: replica.timeline.items(unsentItems(outbox.entries(), sender)),
      hasOlder: replica.hasOlder,
      loadingOlder: older.isLoading,
      unread: receipts.unread(),
      typing: typists.list(),
      knocking: knocks.list(),
    }
  }

  membership.join()
  return {
    handle: {
      chatId: options.chatId,
      getSnapshot() {
        snapshot ??= view()
        return snapshot
      },
      subscribe: changed.add,
      on: (event, listener) => listeners[event].add(listener),
      getMessage: (messageId) => replica.timeline.find(messageId)?.message ?? null,
      send(message) {
        const tempId = createId()
        connection.noteActivity()
        typing.forget()
        outbox.add(tempId, message, clock.now() + connection.clockOffsetMs)
        return tempId
      },
      retry(tempId) {
        connection.noteActivity()
        outbox.retry(tempId)
      },
      discard: outbox.discard,
      setTyping(isTyping) {
        connection.noteActivity()
        typing.set(isTyping)
      },
      markRead(messageId) {
        connection.noteActivity()
        const message = replica.timeline.find(messageId)?.message
        if (message !== undefined && finalReason(phase) === null && receipts.mark('read', message)) touch()
      },
      loadOlder: older.load,
      readAll: () => readHistory((page) => act('chat:history', { chatId: chatId(), ...page }), clock),
      ...actions,
      voice: voice.handle,
      leave,
      close,
    },
    get chatId() {
      return chatId()
    },
    get isIn() {
      return membership.isIn
    },
    get isOver() {
      return finalReason(phase) !== null
    },
    get unread() {
      return replica.hasOlder ? null : receipts.unread()
    },
    received,
    expect(position) {
      if (finalReason(phase) === null) replica.expect(position)
    },
  }
}
