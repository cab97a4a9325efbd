import type { Answer, ClientData, ClientEvent, Message, ServerData } from '@parley/protocol/messenger'
import { addressesOf } from './addresses.ts'
import { createCallDesk } from './call-desk.ts'
import type { ChatManager, ChatManagerEvents, ChatManagerOptions, ChatManagerSnapshot } from './chat-manager-types.ts'
import { systemClock } from './clock.ts'
import { createConnection } from './connection.ts'
import { createConversationList } from './conversation-list.ts'
import { createDevice, type Device } from './device.ts'
import { createHttpLines } from './http-line.ts'
import { createIndexedDbOutbox } from './indexed-db-outbox.ts'
import { createListeners, type Listeners } from './listeners.ts'
import { mayAskAgain } from './may-ask-again.ts'
import { createNoticeReader } from './notice-reader.ts'
import { createNotices } from './notices.ts'
import { createOpenChats } from './open-chats.ts'
import { createMemoryOutbox } from './outbox-storage.ts'
import type { ClientParts } from './parley-client.ts'
import { ParleyError } from './parley-error.ts'
import { createPeople } from './people.ts'
import { createPollFeed } from './poll-feed.ts'
import { createReceiptSender } from './receipt-sender.ts'
import { createSiteApi, type SiteApi } from './site-api.ts'
import { openSocketIoLine } from './socket-io-line.ts'
import { createStandby } from './standby.ts'
import { DEFAULT_TIMINGS } from './timings.ts'
import { createTokenMemory } from './token-memory.ts'
import { createTokenSource } from './token-source.ts'
import { createSocketBackOff, createTransportSwitch } from './transport-switch.ts'

/** What a manager is made of; tests bring their own. */
export interface ManagerParts extends ClientParts {
  /** REST beside the sockets, and beside the fallback. */
  readonly socketApi: SiteApi
  readonly fallbackApi: SiteApi
}

/** JSON that nobody between the two sides of a call reads. */
type Signal = ClientData<'call:ice-candidate'>['candidate']

/** A site's chat over sockets, or over HTTP where they fail. Connects at once. */
export function createChatManager(options: ChatManagerOptions, parts: Partial<ManagerParts> = {}): ChatManager {
  const { clock = systemClock, random = Math.random, timings = DEFAULT_TIMINGS } = parts
  const addresses = addressesOf(options, globalThis.location?.origin ?? '')
  const fallbackApi =
    parts.fallbackApi ?? createSiteApi({ apiUrl: addresses.fallbackApi, fallbackUrl: addresses.fallback })
  const socketApi =
    parts.socketApi ?? createSiteApi({ apiUrl: addresses.socketApi, fallbackUrl: `${addresses.socketApi}/messenger` })
  const changed = createListeners<void>()
  const listeners: { readonly [E in keyof ChatManagerEvents]: Listeners<ChatManagerEvents[E]> } = {
    transport: createListeners(),
    message: createListeners(),
    notification: createListeners(),
    call: createListeners(),
    signal: createListeners(),
  }
  let snapshot: ChatManagerSnapshot | null = null
  let isClosed = false

  const tokens = createTokenMemory(options.getToken)
  const feed = createPollFeed()
  const device = withoutPerson(parts.device ?? createDevice())
  const common = { clock, device, random, timings }
  const sockets = createConnection({
    ...common,
    url: addresses.sockets,
    tokens: createTokenSource(tokens),
    openLine: parts.openLine ?? openSocketIoLine,
    backOff: createSocketBackOff(() => http.isUp),
    probe: () => ({ event: 'notification:get-pending', data: {} }),
  })
  const http = createConnection({
    ...common,
    url: undefined,
    tokens: createTokenSource(tokens),
    openLine: createHttpLines({ api: fallbackApi, feed, clock }),
    probe: () => null,
  })
  const carrier = createTransportSwitch({ sockets, http, clock, chatIds: followed })
  const standby = createStandby({
    clock,
    random,
    isWhole: () => chats.list().every((chat) => chat.isIn || chat.isOver),
    read: () => tokens.use((token) => fallbackApi.poll(token, { cursor: null, waitSeconds: 0 })),
  })
  const list = createConversationList({
    clock,
    selfId: () => carrier.userId,
    read: (page) => rest((api, token) => api.list(token, page)),
    recover(chatId, since) {
      // Without a socket the poll brings it by itself, or it does not come.
      if (carrier.hasSockets) follow(chatId, since)
    },
    onChange() {
      meetCounterparts()
      followNew()
      touch()
    },
    onMessage(message) {
      listeners.message.tell(message)
      delivered(message)
    },
    onWaiting: (message) => delivered(message),
  })
  const sender = createReceiptSender({ clock, send: (event, data) => carrier.request(event, data) })
  const chats = createOpenChats({
    carrier,
    clock,
    device,
    random,
    timings,
    storage: options.outbox ?? (typeof indexedDB === 'undefined' ? createMemoryOutbox() : createIndexedDbOutbox()),
    receipts: {
      ...sender,
      mark(kind, mark) {
        sender.mark(kind, mark)
        if (kind === 'read') list.read(mark.chatId, mark.seq, chats.find(mark.chatId)?.unread ?? null)
      },
    },
    isWanted: (chatId) => list.find(chatId) !== undefined,
  })
  const people = createPeople({
    follow: async (userIds) => (await carrier.request('presence:subscribe', { userIds: [...userIds] })).users,
    onChange: touch,
  })
  const notices = createNotices(touch, listeners.notification.tell)
  const noticeReader = createNoticeReader({
    clock,
    read: async () => (await carrier.request('notification:get-pending', {})).notifications,
    onRead: notices.replace,
  })
  const calls = createCallDesk({
    clock,
    selfId: () => carrier.userId,
    onChange: touch,
    tell: listeners.call.tell,
    signal: listeners.signal.tell,
  })
  /** Conversations that are joined over this socket, or are about to be, without a handle. */
  const asked = new Set<string>()

  carrier.subscribe(() => {
    touch()
    listeners.transport.tell(carrier.getState())
  })
  carrier.onLine((isUp) => {
    if (!isUp) {
      sender.pause()
      list.pause()
      noticeReader.stop()
      return
    }
    sender.resume()
    list.resume()
    noticeReader.start(carrier.hasSockets)
  })
  carrier.onSockets((isUp) => {
    asked.clear()
    calls.lineChanged(isUp)
    if (!isUp) {
      people.pause()
      const place = standby.stop() ?? (feed.cursor === null ? standby.latest : null)
      // A poll that still goes on has brought everything itself.
      if (place !== null && http.getState().status === 'idle') feed.startFrom(place)
      return
    }
    standby.start()
    people.resume()
    followNew()
  })
  carrier.onJoined(({ chatId, view }) => {
    list.joined(chatId, view)
    chats.expect(chatId, { epoch: view.epoch, rev: view.rev })
    if (isOpen(chatId)) people.meet(view.members)
  })
  carrier.onOwnChange(({ name, data }) => list.offer(name, data))
  carrier.onEvent(({ name, data }) => {
    list.offer(name, data)
    chats.received(name, data)
    calls.received(name, data)
    noticeReader.hint()
    if (name === 'presence:update') people.presence(data as Parameters<typeof people.presence>[0])
    else if (name === 'chat:member-joined') met(data as ServerData<'chat:member-joined'>)
    else if (name === 'notification:new') noticed(data as Parameters<typeof notices.add>[0])
    else if (name === 'notification:cleared') seen((data as { notificationIds: string[] }).notificationIds)
  })

  function touch(): void {
    snapshot = null
    if (!isClosed) changed.tell()
  }

  function* followed(): Generator<string> {
    for (const { id } of list.list()) yield id
    for (const { chatId, isOver } of chats.list()) if (!isOver) yield chatId
  }

  /** Somebody holds a handle of it that is not over: the chat joins and tells by itself. */
  const isOpen = (chatId: string): boolean => chats.find(chatId)?.isOver === false

  function followNew(): void {
    // Whoever is taken into one again has not asked for it yet.
    for (const chatId of asked) if (list.find(chatId) === undefined) asked.delete(chatId)
    if (!carrier.hasSockets) return
    carrier.gather(() => {
      for (const { id, epoch, rev } of list.list()) {
        if (asked.has(id) || isOpen(id)) continue
        follow(id, { epoch, rev })
      }
    })
  }

  function follow(chatId: string, since: { readonly epoch: string; readonly rev: number }): void {
    asked.add(chatId)
    carrier.request('chat:join', { chatId, since }).then(
      (answer) => {
        if ('recovered' in answer && !answer.recovered) list.lost(chatId)
      },
      (error: unknown) => {
        const code = error instanceof ParleyError ? error.code : null
        // The list knows whether it is ours still.
        if (code === 'CONVERSATION_NOT_FOUND' || code === 'KICKED') list.refresh()
        if (mayAskAgain(error)) asked.delete(chatId)
      },
    )
  }

  /** An open chat tells of its own. */
  function delivered({ id: messageId, chatId, seq }: Message): void {
    if (!isOpen(chatId)) sender.mark('delivered', { chatId, messageId, seq })
  }

  function met({ chatId, userId, name }: ServerData<'chat:member-joined'>): void {
    if (isOpen(chatId)) people.meet([{ userId, name }])
  }

  function noticed(notification: Parameters<typeof notices.add>[0]): void {
    noticeReader.supersede()
    notices.add(notification)
    if (notification.chatId !== undefined && list.find(notification.chatId) === undefined) list.refresh()
  }

  function seen(notificationIds: readonly string[]): void {
    noticeReader.supersede()
    notices.remove(notificationIds)
  }

  function meetCounterparts(): void {
    people.meet(list.list().flatMap(({ counterpart }) => (counterpart === undefined ? [] : [counterpart])))
  }

  /** By the side that answers, the one that carries us first. */
  async function rest<T>(call: (api: SiteApi, token: string) => Promise<T>): Promise<T> {
    const [first, second] = carrier.hasSockets ? [socketApi, fallbackApi] : [fallbackApi, socketApi]
    try {
      return await tokens.use((token) => call(first, token))
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== 'UNAVAILABLE') throw error
      return tokens.use((token) => call(second, token))
    }
  }

  /** What only a socket can carry. */
  function onSocket<E extends ClientEvent>(event: E, data: ClientData<E>): Promise<Answer<E>> {
    if (carrier.hasSockets) return carrier.request(event, data)
    return Promise.reject(new ParleyError('UNAVAILABLE', 'This needs a socket, and there is none now.'))
  }

  sockets.connect()
  return {
    getSnapshot() {
      snapshot ??= {
        transport: carrier.getState(),
        selfId: carrier.userId,
        conversations: list.list(),
        loaded: list.isLoaded,
        error: list.error,
        people: people.all(),
        notifications: notices.list(),
        call: calls.view,
      }
      return snapshot
    },
    subscribe: changed.add,
    on: (event, listener) => listeners[event].add(listener),
    connect: carrier.connect,
    open: (conversationId) => chats.open(conversationId),
    async createConversation({ id, name, kind, members }) {
      const { conversation } = await rest((api, token) =>
        api.create(token, {
          members: members.map(({ userId, name: known }) => ({ userId, ...(known !== undefined && { name: known }) })),
          ...(id !== undefined && { id }),
          ...(name !== undefined && { name }),
          ...(kind !== undefined && { kind }),
        }),
      )
      const { members: all, cursors: _, ...settings } = conversation
      const known = list.find(conversation.id)
      if (known !== undefined) return known
      const self = all.find(({ userId }) => userId === carrier.userId)
      const counterpart = conversation.kind === 'direct' ? all.find((member) => member !== self) : undefined
      const summary = {
        ...settings,
        unread: 0,
        read: 0,
        activeAt: conversation.createdAt,
        role: self?.role ?? ('speaker' as const),
        ...(counterpart !== undefined && {
          counterpart: { userId: counterpart.userId, name: counterpart.name, status: counterpart.status },
        }),
      }
      list.put(summary)
      return summary
    },
    loadMoreConversations: list.loadMore,
    async setStatus(status, customStatus) {
      await onSocket('presence:update', { status, ...(customStatus !== undefined && { customStatus }) })
    },
    async clearNotification(notificationId) {
      await carrier.request('notification:clear', { notificationId })
      seen([notificationId])
    },
    async clearNotifications() {
      await carrier.request('notification:clear-all', {})
      seen(notices.list().map(({ id }) => id))
    },
    async startCall(chatId, type, offer) {
      const answer = await onSocket('call:initiate', {
        chatId,
        type,
        ...(offer !== undefined && { offer: offer as Signal }),
      })
      calls.started(answer.call)
      return answer
    },
    async answerCall(callId, answer) {
      const answered = await onSocket('call:answer', {
        callId,
        ...(answer !== undefined && { answer: answer as Signal }),
      })
      calls.answered(answered.call)
      return answered
    },
    async rejectCall(callId, reason) {
      await onSocket('call:reject', { callId, ...(reason !== undefined && { reason }) })
      calls.ended(callId)
    },
    async endCall(callId) {
      await onSocket('call:end', { callId })
      calls.ended(callId)
    },
    async sendCandidate(callId, candidate, to) {
      await onSocket('call:ice-candidate', { callId, candidate: candidate as Signal, ...(to !== undefined && { to }) })
    },
    close() {
      isClosed = true
      chats.closeAll()
      list.close()
      noticeReader.stop()
      standby.stop()
      carrier.close()
    },
  }
}

/** A page of chats stays connected while nobody touches it: somebody may write. */
const withoutPerson = (device: Device): Device => ({
  hasPerson: false,
  isOnline: device.isOnline,
  isHidden: device.isHidden,
  listen: device.listen,
})
