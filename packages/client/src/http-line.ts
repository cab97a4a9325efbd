import { SIZES } from '@parley/protocol/constants'
import type { Answer, Chat, ClientData, ClientEvent, Message } from '@parley/protocol/messenger'
import type { ConversationAnswer, MessagesAnswer } from '@parley/protocol/site'
import { asParleyError } from './as-parley-error.ts'
import { type Clock, createTimer } from './clock.ts'
import type { Line, LineEnd, OpenLine } from './line.ts'
import { failureOf, ParleyError } from './parley-error.ts'
import type { PollFeed } from './poll-feed.ts'
import type { SiteApi } from './site-api.ts'
import { NO_VOICE, toChatMessage, toChatNotification } from './site-messages.ts'

export interface HttpLineOptions {
  readonly api: SiteApi
  readonly feed: PollFeed
  readonly clock: Clock
}

const WAIT_SECONDS = 25
const PAUSE_MS = 1000
/** A poll that fails is asked again so often before the line counts as lost. */
const MAX_FAILURES = 2

type Handlers = { readonly [E in ClientEvent]?: (data: ClientData<E>) => Promise<Answer<E>> }

/** A line over HTTP: a poll that is held brings what happens, and calls of REST do what can be done by them. */
export const createHttpLines =
  ({ api, feed, clock }: HttpLineOptions): OpenLine =>
  ({ token }, listener): Line => {
    const line = new AbortController()
    const pause = createTimer(clock)
    /** Ends the poll that is held, so that one that is not can be asked. */
    let held: AbortController | null = null
    let userId = ''
    let isOpen = false
    let failures = 0
    /** Those who wait until everything that had happened when they asked is here. */
    let behind: (() => void)[] = []
    const names = new Map<string, string>()

    function close(): void {
      line.abort()
      pause.clear()
      const waiting = behind
      behind = []
      for (const go of waiting) go()
    }

    function end(reason: LineEnd): void {
      if (line.signal.aborted) return
      close()
      listener.ended(reason)
    }

    function again(ms: number): void {
      if (!line.signal.aborted) pause.set(ms, poll)
    }

    function poll(): void {
      const mine = new AbortController()
      const waiting = behind
      behind = []
      held = mine
      const stop = (): void => mine.abort()
      line.signal.addEventListener('abort', stop)
      const mayWait = isOpen && waiting.length === 0 && feed.cursor !== null
      const askedAt = clock.now()
      api
        .poll(token, { cursor: feed.cursor, waitSeconds: mayWait ? WAIT_SECONDS : 0 }, mine.signal)
        .finally(() => {
          line.signal.removeEventListener('abort', stop)
          if (held === mine) held = null
        })
        .then(
          (answer) => {
            if (line.signal.aborted) return
            failures = 0
            const events = feed.take(answer)
            if (isOpen) listener.heard()
            else open(answer)
            for (const { event, data } of events) if (!line.signal.aborted) listener.event(event, data)
            if (answer.hasMore) behind = [...waiting, ...behind]
            else for (const go of waiting) go()
            // A server that does not hold polls is not asked without pause.
            const isHasty = mayWait && events.length === 0 && clock.now() - askedAt < PAUSE_MS
            again(isHasty ? PAUSE_MS : 0)
          },
          (error: unknown) => {
            if (line.signal.aborted) return
            behind = [...waiting, ...behind]
            if (mine.signal.aborted) again(0)
            else failed(asParleyError(error))
          },
        )
    }

    function open(answer: { readonly userId: string; readonly timestamp: number }): void {
      isOpen = true
      userId = answer.userId
      const { timestamp } = answer
      listener.opened({ userId, serverId: 'http', sessionId: 'http', timestamp, pendingNotifications: 0 }, 'polling')
    }

    function failed(error: ParleyError): void {
      if (error.code === 'VALIDATION_FAILED' && feed.cursor !== null) {
        feed.lose()
        again(0)
        return
      }
      if (error.code === 'UNAUTHENTICATED' || error.code === 'TOKEN_EXPIRED') {
        end({ kind: 'refused', code: error.code })
        return
      }
      failures += 1
      if (isOpen && failures <= MAX_FAILURES) again(Math.max(error.retryAfterMs ?? 0, PAUSE_MS * failures))
      else if (isOpen) end({ kind: 'lost' })
      else if (error.code === 'UNAVAILABLE') end({ kind: 'unreachable', silent: false })
      else end({ kind: 'refused', code: error.code, ...retryOf(error) })
    }

    /** Resolves when the poll has brought everything that had happened by now. */
    function catchUp(): Promise<void> {
      return new Promise((resolve) => {
        behind.push(resolve)
        if (line.signal.aborted) close()
        else if (held !== null) held.abort()
      })
    }

    async function join({ chatId, since }: ClientData<'chat:join'>): Promise<Answer<'chat:join'>> {
      const { conversation } = await api.conversation(token, chatId)
      for (const { userId: id, name } of conversation.members) names.set(id, name)
      if (since !== undefined && since.epoch === conversation.epoch) {
        const reaches = (): boolean =>
          since.rev + feed.changesAfter(conversation.id, since.rev).length >= conversation.rev
        if (!reaches()) await catchUp()
        if (reaches()) {
          const changes = [...feed.changesAfter(conversation.id, since.rev)]
          return viewOf(conversation, { recovered: true, changes, rev: since.rev + changes.length })
        }
      }
      // What was said since the conversation was read comes with the poll.
      const known: MessagesAnswer['messages'] = []
      for (let before = conversation.rev + 1, hasMore = true; hasMore && known.length < SIZES.snapshotMessages; ) {
        const page = await api.messages(token, chatId, { before, limit: SIZES.snapshotMessages - known.length })
        known.unshift(...page.messages)
        before = known[0]?.seq ?? 0
        ;({ hasMore } = page)
      }
      const view = viewOf(conversation, { recovered: false, changes: [], rev: conversation.rev })
      return { ...view, chat: { ...view.chat, messages: known.map(toChatMessage) } }
    }

    async function react(
      { chatId, messageId, emoji }: ClientData<'reaction:new'>,
      on: boolean,
    ): Promise<Answer<'reaction:new'>> {
      await api.react(token, chatId, messageId, { emoji, on })
      return {}
    }

    async function send(data: ClientData<'message:new'>): Promise<Answer<'message:new'>> {
      const { chatId, tempId = '', encryptedContent, messageType = 'text', replyToId, metadata } = data
      const ack = await api.send(token, {
        conversationId: chatId,
        text: encryptedContent,
        messageId: tempId,
        ...(messageType !== 'text' && { type: messageType }),
        ...(replyToId !== undefined && { replyTo: replyToId }),
        ...(metadata !== undefined && { metadata }),
      })
      const { id, seq, rev, timestamp } = ack
      if (id === undefined || seq === undefined || rev === undefined || timestamp === undefined) {
        throw new ParleyError(ack.code ?? 'INTERNAL', ack.message ?? 'The message was not taken.', {
          ...(ack.retryAfterMs !== undefined && { retryAfterMs: ack.retryAfterMs }),
        })
      }
      const message: Message = {
        id,
        chatId,
        tempId,
        seq,
        rev,
        senderId: userId,
        senderName: names.get(userId) ?? '',
        encryptedContent,
        messageType,
        ...(replyToId !== undefined && { replyToId }),
        ...(metadata !== undefined && { metadata }),
        createdAt: timestamp,
        reactions: {},
      }
      return { message, duplicate: ack.status === 'duplicate' }
    }

    const handlers: Handlers = {
      'chat:join': join,
      'chat:join-multiple': async (wishes) => {
        const chats: Record<string, unknown>[] = []
        if ('chats' in wishes) {
          for (const wish of wishes.chats as ClientData<'chat:join'>[]) {
            chats.push({ chatId: wish.chatId, ...(await answerOf(join(wish))) })
          }
        }
        return { chats }
      },
      'chat:leave': async () => ({}),
      'chat:history': async ({ chatId, ...page }) => {
        const { messages, hasMore } = await api.messages(token, chatId, definedOf(page))
        return { messages: messages.map(toChatMessage), hasMore }
      },
      'message:new': send,
      'message:edit': async ({ chatId, messageId, encryptedContent }) => {
        const { message } = await api.edit(token, chatId, messageId, encryptedContent)
        return { message: toChatMessage(message) }
      },
      'message:delete': async ({ chatId, messageId }) => {
        const { message } = await api.delete(token, chatId, messageId)
        return { message: toChatMessage(message) }
      },
      'reaction:new': (data) => react(data, true),
      'reaction:remove': (data) => react(data, false),
      'message:delivered': async ({ chatId, messageId }) => {
        await api.mark(token, chatId, 'delivered', messageId)
        return {}
      },
      'message:read': async ({ chatId, messageId }) => {
        await api.mark(token, chatId, 'read', messageId)
        return {}
      },
      'notification:get-pending': async () => {
        const { notifications } = await api.notifications(token)
        return { notifications: notifications.map(toChatNotification) }
      },
      'notification:clear': async ({ notificationId }) => {
        await api.clearNotification(token, notificationId)
        return {}
      },
      'notification:clear-all': async () => {
        await api.clearNotifications(token)
        return { notifications: [] }
      },
      'room:leave': async ({ chatId }) => {
        await api.leave(token, chatId)
        return {}
      },
    }
    const byName = handlers as Readonly<Record<string, ((data: unknown) => Promise<object>) | undefined>>

    poll()
    return {
      emit(event, data, onAnswer) {
        const handle = byName[event]
        const answer =
          handle === undefined
            ? Promise.reject(new ParleyError('UNAVAILABLE', 'This needs a connection that is not there now.'))
            : handle(data)
        void answerOf(answer).then((settled) => {
          if (line.signal.aborted) return
          if (settled.ok) listener.heard()
          onAnswer(settled)
        })
      },
      close,
    }
  }

/** As the socket server answers. */
async function answerOf(answer: Promise<object>): Promise<{ readonly ok: boolean }> {
  try {
    return { ok: true, ...(await answer) }
  } catch (error) {
    const known = asParleyError(error)
    return { ok: false, error: failureOf(known) } as { readonly ok: boolean }
  }
}

const retryOf = ({ retryAfterMs }: ParleyError): { readonly retryAfterMs?: number } =>
  retryAfterMs === undefined ? {} : { retryAfterMs }

/** Without the fields that are `undefined`. */
function definedOf<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

function viewOf(
  conversation: ConversationAnswer['conversation'],
  at: { readonly recovered: boolean; readonly changes: { event: string; data: unknown }[]; readonly rev: number },
) {
  const { id, kind, name, hostId, createdAt, expiresAt, retentionDays, epoch, members, cursors } = conversation
  const chat: Chat = {
    id,
    kind,
    name,
    hostId,
    createdAt,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(retentionDays !== undefined && { retentionDays }),
    // What only rooms have.
    maxParticipants: Math.max(members.length, 2),
    isLocked: false,
    hasPassword: false,
    hasLobby: false,
    encrypted: false,
    epoch,
    rev: at.rev,
  }
  const inChat = members.map((member) => ({ ...member, online: member.status !== 'offline', voice: NO_VOICE }))
  return { chat, members: inChat, cursors, epoch, ...at }
}
