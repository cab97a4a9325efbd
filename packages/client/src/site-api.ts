import type {
  ConversationAnswer,
  CreateConversationBody,
  ListAnswer,
  MessageAnswer,
  MessagesAnswer,
  NotificationsAnswer,
  PollAnswer,
  SendAnswer,
  SendBody,
} from '@parley/protocol/site'
import type { ReceiptKind } from './receipts.ts'
import { createRestCall } from './rest-call.ts'

/** What a site's chat does without a socket. Every call rejects with `ParleyError` and nothing else. */
export interface SiteApi {
  list(token: string, page: { readonly limit: number; readonly before?: string }): Promise<ListAnswer>
  create(token: string, body: CreateConversationBody): Promise<ConversationAnswer>
  conversation(token: string, id: string): Promise<ConversationAnswer>
  /** By `seq`; the latest without both. */
  messages(
    token: string,
    id: string,
    page: { readonly before?: number | string; readonly after?: number | string; readonly limit?: number },
  ): Promise<MessagesAnswer>
  /** Answers the message as it stands now. */
  edit(token: string, id: string, messageId: string, text: string): Promise<MessageAnswer>
  delete(token: string, id: string, messageId: string): Promise<MessageAnswer>
  react(token: string, id: string, messageId: string, reaction: Reaction): Promise<void>
  mark(token: string, id: string, kind: ReceiptKind, messageId: string): Promise<void>
  leave(token: string, id: string): Promise<void>
  notifications(token: string): Promise<NotificationsAnswer>
  clearNotification(token: string, id: string): Promise<void>
  clearNotifications(token: string): Promise<void>
  send(token: string, body: SendBody): Promise<SendAnswer>
  /** Waits up to `waitSeconds` for something to happen. */
  poll(
    token: string,
    page: { readonly cursor: string | null; readonly waitSeconds: number },
    signal?: AbortSignal,
  ): Promise<PollAnswer>
}

/** An emoji, and whether it is to stand there. */
interface Reaction {
  readonly emoji: string
  readonly on: boolean
}

export interface SiteApiOptions {
  /** Where `/conversations` and `/notifications` are, e.g. `https://example.org/api`. */
  readonly apiUrl: string
  /** Where `/poll` and `/send` are, e.g. `https://example.org/api/messenger`. */
  readonly fallbackUrl: string
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

const TIMEOUT_MS = 10_000

export function createSiteApi({ apiUrl, fallbackUrl, fetch }: SiteApiOptions): SiteApi {
  const call = createRestCall({ fetch, timeoutMs: TIMEOUT_MS })
  const conversations = `${apiUrl}/conversations`
  const notifications = `${apiUrl}/notifications`
  const of = (id: string): string => `${conversations}/${encodeURIComponent(id)}`
  const ofMessage = (id: string, messageId: string): string => `${of(id)}/messages/${encodeURIComponent(messageId)}`
  return {
    list: (token, page) => call({ method: 'GET', url: `${conversations}${queryOf(page)}`, token }),
    create: (token, body) => call({ method: 'POST', url: conversations, body, token }),
    conversation: (token, id) => call({ method: 'GET', url: of(id), token }),
    messages: (token, id, page) => call({ method: 'GET', url: `${of(id)}/messages${queryOf(page)}`, token }),
    edit: (token, id, messageId, text) =>
      call({ method: 'PATCH', url: ofMessage(id, messageId), body: { text }, token }),
    delete: (token, id, messageId) => call({ method: 'DELETE', url: ofMessage(id, messageId), token }),
    react: (token, id, messageId, { emoji, on }) => {
      const url = `${ofMessage(id, messageId)}/reactions/${encodeURIComponent(emoji)}`
      return call({ method: on ? 'PUT' : 'DELETE', url, token })
    },
    mark: (token, id, kind, messageId) =>
      call({ method: 'POST', url: `${of(id)}/${kind}`, body: { messageId }, token }),
    leave: (token, id) => call({ method: 'DELETE', url: `${of(id)}/members`, token }),
    notifications: (token) => call({ method: 'GET', url: notifications, token }),
    clearNotification: (token, id) =>
      call({ method: 'DELETE', url: `${notifications}/${encodeURIComponent(id)}`, token }),
    clearNotifications: (token) => call({ method: 'DELETE', url: notifications, token }),
    send: (token, body) => call({ method: 'POST', url: `${fallbackUrl}/send`, body, token }),
    poll: (token, { cursor, waitSeconds }, signal) =>
      call({
        method: 'GET',
        url: `${fallbackUrl}/poll${queryOf({ cursor: cursor ?? undefined, wait: waitSeconds })}`,
        token,
        signal,
        timeoutMs: waitSeconds * 1000 + TIMEOUT_MS,
      }),
  }
}

function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query}`
}
