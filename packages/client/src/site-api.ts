import type {
  ConversationAnswer,
  CreateConversationBody,
  ListAnswer,
  MessagesAnswer,
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
    page: { readonly before?: number; readonly after?: number; readonly limit?: number },
  ): Promise<MessagesAnswer>
  mark(token: string, id: string, kind: ReceiptKind, messageId: string): Promise<void>
  leave(token: string, id: string): Promise<void>
  send(token: string, body: SendBody): Promise<SendAnswer>
  /** Waits up to `waitSeconds` for something to happen. */
  poll(
    token: string,
    page: { readonly cursor: string | null; readonly waitSeconds: number },
    signal?: AbortSignal,
  ): Promise<PollAnswer>
}

export interface SiteApiOptions {
  /** Where `/conversations` is, e.g. `https://example.org/api`. */
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
  const of = (id: string): string => `${conversations}/${encodeURIComponent(id)}`
  return {
    list: (token, page) => call({ method: 'GET', url: `${conversations}${queryOf(page)}`, token }),
    create: (token, body) => call({ method: 'POST', url: conversations, body, token }),
    conversation: (token, id) => call({ method: 'GET', url: of(id), token }),
    messages: (token, id, page) => call({ method: 'GET', url: `${of(id)}/messages${queryOf(page)}`, token }),
    mark: (token, id, kind, messageId) =>
      call({ method: 'POST', url: `${of(id)}/${kind}`, body: { messageId }, token }),
    leave: (token, id) => call({ method: 'DELETE', url: `${of(id)}/members`, token }),
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
