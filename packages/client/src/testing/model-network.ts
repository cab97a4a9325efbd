import type { ClientData, ClientEvent, Message } from '@parley/protocol/messenger'
import type { Clock } from '../clock.ts'
import type { Line, LineListener, OpenLine } from '../line.ts'
import { ParleyError } from '../parley-error.ts'
import type { SiteApi } from '../site-api.ts'
import { toSiteMessage } from '../site-messages.ts'
import type { ModelSite, SiteNews } from './model-site.ts'

/** The ways to a model site, each of which can be cut: what was under way may have arrived, or not. */
export interface ModelNetwork {
  readonly openLine: OpenLine
  readonly api: SiteApi
  setSockets(work: boolean): void
  setHttp(work: boolean): void
  /** Breaks the socket that is open now; new ones are let through. */
  cutSocket(): void
}

const unavailable = (): ParleyError => new ParleyError('UNAVAILABLE', 'cut')
const changed = (message: Message | null): Message => {
  if (message === null) throw new ParleyError('MESSAGE_NOT_FOUND', 'It is not there.')
  return message
}
const copyOf = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T))

/** `userId` is who we are. */
export function createModelNetwork(site: ModelSite, clock: Clock, random: () => number, userId: string): ModelNetwork {
  let socketsWork = true
  let httpWorks = true
  const lines = new Set<{ readonly cut: () => void; readonly news: (news: SiteNews) => void }>()
  const polls = new Set<() => void>()
  const delay = (): number => Math.floor(random() * 120)

  site.onNews = (news) => {
    for (const line of lines) line.news(news)
    for (const wake of [...polls]) wake()
  }

  const readEvent = ({ chatId, message, userId: who }: Extract<SiteNews, { kind: 'read' }>) => ({
    chatId,
    messageId: message.id,
    userId: who,
    seq: message.seq,
    at: clock.now(),
  })

  const openLine: OpenLine = (_options, listener: LineListener): Line => {
    let isOver = false
    let isUp = false
    let toUsAt = 0
    let toServerAt = 0
    const joined = new Set<string>()

    /** In order, each a little later. */
    const toUs = (run: () => void): void => {
      toUsAt = Math.max(toUsAt, clock.now() + delay())
      clock.setTimeout(() => {
        if (!isOver) run()
      }, toUsAt - clock.now())
    }
    const line = {
      cut() {
        lines.delete(line)
        if (isOver) return
        isOver = true
        listener.ended(isUp ? { kind: 'lost' } : { kind: 'unreachable', silent: false })
      },
      news(news: SiteNews) {
        if (news.kind === 'notification') {
          toUs(() => listener.event('notification:new', news.notification))
          return
        }
        if (news.kind === 'cleared') {
          toUs(() => listener.event('notification:cleared', { notificationIds: news.ids }))
          return
        }
        if (site.outside.has(news.chatId)) joined.delete(news.chatId)
        if (!joined.has(news.chatId)) return
        if (news.kind === 'read') {
          const data = readEvent(news)
          toUs(() => listener.event('message:read', data))
          return
        }
        const { event, data } = copyOf(news.change)
        // The socket that sent it has it from the answer.
        if (event === 'message:new' && data.senderId === userId && answering.has(data.tempId ?? '')) return
        toUs(() => listener.event(event, data))
      },
    }
    const answering = new Set<string>()

    function serve(event: string, data: unknown): object {
      switch (event as ClientEvent) {
        case 'chat:join': {
          const { chatId, since } = data as ClientData<'chat:join'>
          const view = site.join(chatId, since ?? null)
          joined.add(chatId)
          return view
        }
        case 'chat:join-multiple': {
          const { chats } = data as { chats: ClientData<'chat:join'>[] }
          return { chats: chats.map((each) => ({ chatId: each.chatId, ...answerTo('chat:join', each) })) }
        }
        case 'chat:leave':
          joined.delete((data as ClientData<'chat:leave'>).chatId)
          return {}
        case 'message:new': {
          const { chatId, tempId = '', encryptedContent } = data as ClientData<'message:new'>
          if (!joined.has(chatId)) throw new ParleyError('NOT_IN_ROOM', 'Join it first.')
          answering.add(tempId)
          return site.send(chatId, userId, tempId, encryptedContent)
        }
        case 'message:read': {
          const { chatId, messageId } = data as ClientData<'message:read'>
          site.markRead(chatId, userId, messageId)
          return {}
        }
        case 'presence:subscribe':
          return { users: [] }
        case 'notification:get-pending':
          return { notifications: site.notifications }
        case 'notification:clear':
          site.clear((data as ClientData<'notification:clear'>).notificationId)
          return {}
        case 'message:edit': {
          const { chatId, messageId, encryptedContent } = data as ClientData<'message:edit'>
          return { message: changed(site.change(chatId, messageId, encryptedContent)) }
        }
        case 'message:delete': {
          const { chatId, messageId } = data as ClientData<'message:delete'>
          return { message: changed(site.change(chatId, messageId, null)) }
        }
        case 'reaction:new':
        case 'reaction:remove': {
          const { chatId, messageId, emoji } = data as ClientData<'reaction:new'>
          site.react(chatId, messageId, userId, emoji, event === 'reaction:new')
          return {}
        }
        default:
          return {}
      }
    }

    function answerTo(event: string, data: unknown): object {
      try {
        return { ok: true, ...copyOf(serve(event, data)) }
      } catch (error) {
        return { ok: false, error: { code: (error as ParleyError).code, message: 'no' } }
      }
    }

    lines.add(line)
    clock.setTimeout(() => {
      if (!socketsWork) line.cut()
      else if (!isOver) {
        isUp = true
        const greeting = { userId, serverId: 's', sessionId: 'x', timestamp: clock.now(), pendingNotifications: 0 }
        toUs(() => listener.opened(greeting, 'websocket'))
      }
    }, delay())

    return {
      emit(event, data, onAnswer) {
        toServerAt = Math.max(toServerAt, clock.now() + delay())
        const wish = copyOf(data)
        clock.setTimeout(() => {
          // What was on its way when the line broke may still have come through.
          if (isOver && random() < 0.5) return
          const answer = answerTo(event, wish)
          toUs(() => onAnswer(answer))
        }, toServerAt - clock.now())
      },
      close() {
        isOver = true
        lines.delete(line)
      },
    }
  }

  /** A call that may fail before or after it was served. */
  function call<T>(serve: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      clock.setTimeout(() => {
        if (!httpWorks && random() < 0.7) {
          reject(unavailable())
          return
        }
        Promise.resolve()
          .then(serve)
          .then(copyOf)
          .then(
            (answer) => clock.setTimeout(() => (httpWorks ? resolve(answer) : reject(unavailable())), delay()),
            reject,
          )
      }, delay())
    })
  }

  function siteEventOf(news: ModelSite['log'][number]): { event: string; data: unknown } {
    if (news.kind === 'read') {
      const { chatId, messageId, userId: who, seq, at } = readEvent(news)
      const names = { conversationId: chatId, messageId, id: messageId, seq, userId: who, timestamp: at }
      return { event: 'message:read-receipt', data: names }
    }
    const { event, data } = news.change
    if (event === 'message:new' || event === 'message:updated') return { event, data: toSiteMessage(data) }
    if (event === 'chat:updated') {
      const { chatId, change, chat, rev } = data
      return { event: 'conversation:updated', data: { conversationId: chatId, change, conversation: chat, rev } }
    }
    if (event === 'reaction:new' || event === 'reaction:removed') {
      const { chatId, messageId, userId: who, emoji, rev } = data
      const action = event === 'reaction:new' ? 'added' : 'removed'
      const names = { conversationId: chatId, messageId, id: messageId, userId: who, emoji, action, rev }
      return { event: 'message:reaction', data: names }
    }
    throw new Error(`the model knows no ${event}`)
  }

  const conversationOf = (id: string) => {
    const { lastMessage: _, unread: _u, read: _r, activeAt: _a, role: _o, ...conversation } = site.summary(id, userId)
    const members = site.members(id).map(({ online: _n, voice: _v, ...member }) => member)
    return { ...conversation, members, cursors: site.cursors(id) }
  }

  const MAX_EVENTS = 5
  const api: SiteApi = {
    list: () =>
      call(() => {
        const ids = site.ids.filter((id) => !site.outside.has(id))
        return { conversations: ids.map((id) => site.summary(id, userId)), hasMore: false }
      }),
    create: () => call(() => Promise.reject(new ParleyError('FORBIDDEN', 'not here'))),
    conversation: (_token, id) =>
      call(() => {
        if (site.outside.has(id)) throw new ParleyError('CONVERSATION_NOT_FOUND', 'It is not yours.')
        return { conversation: conversationOf(id) }
      }),
    messages: (_token, id, { before = Number.POSITIVE_INFINITY, limit = 50 }) =>
      call(() => {
        const older = site.messages(id).filter(({ seq }) => seq < Number(before))
        return { messages: older.slice(-limit).map(toSiteMessage), hasMore: older.length > limit }
      }),
    mark: (_token, id, kind, messageId) =>
      call(() => {
        if (kind === 'read') site.markRead(id, userId, messageId)
      }).catch((error: unknown) => Promise.reject(error)),
    edit: (_token, id, messageId, text) =>
      call(() => ({ message: toSiteMessage(changed(site.change(id, messageId, text))) })),
    delete: (_token, id, messageId) =>
      call(() => ({ message: toSiteMessage(changed(site.change(id, messageId, null))) })),
    react: (_token, id, messageId, { emoji, on }) => call(() => site.react(id, messageId, userId, emoji, on)),
    notifications: () =>
      call(() => ({ notifications: site.notifications.map(({ chatId: _, ...notification }) => notification) })),
    clearNotification: (_token, id) => call(() => site.clear(id)),
    clearNotifications: () => call(() => site.clear(null)),
    leave: () => call(() => undefined),
    send: (_token, { conversationId, text, messageId }) =>
      call(() => {
        const { message, duplicate } = site.send(conversationId, userId, messageId, text)
        const { id, seq, rev, createdAt } = message
        return {
          messageId,
          id,
          status: duplicate ? ('duplicate' as const) : ('sent' as const),
          seq,
          rev,
          timestamp: createdAt,
        }
      }),
    poll: (_token, { cursor, waitSeconds }, signal) =>
      call(async () => {
        const from = cursor === null ? site.log.length : Number(cursor)
        if (from >= site.log.length && waitSeconds > 0) {
          await new Promise<void>((resolve) => {
            const done = (): void => {
              polls.delete(done)
              clock.clearTimeout(timer)
              resolve()
            }
            const timer = clock.setTimeout(done, waitSeconds * 1000)
            polls.add(done)
            signal?.addEventListener('abort', done)
          })
        }
        if (signal?.aborted) throw unavailable()
        const events = site.log.slice(from, from + MAX_EVENTS).map(siteEventOf)
        const next = from + events.length
        return { events, cursor: String(next), hasMore: next < site.log.length, userId, timestamp: clock.now() }
      }),
  }

  return {
    openLine,
    api,
    setSockets(work) {
      socketsWork = work
      if (!work) for (const line of [...lines]) line.cut()
    },
    setHttp(work) {
      httpWorks = work
      if (!work) for (const wake of [...polls]) wake()
    },
    cutSocket() {
      for (const line of [...lines]) line.cut()
    },
  }
}
