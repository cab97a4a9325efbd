import { messenger, site } from '@parley/protocol'
import { rejectWhen } from '../clients/line-ended.ts'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { openSiteClient } from '../clients/site-client.ts'
import type { Transport } from '../clients/wire-socket.ts'

/** A durable change as every wire tells it, without what differs between them. */
export interface Change {
  readonly conversationId: string
  readonly rev: number
  /** The message, when one was sent; `null` for every other change. */
  readonly said: Said | null
}

export interface Said {
  /** The server's. */
  readonly id: string
  readonly text: string
}

export interface Position {
  readonly epoch: string
  readonly rev: number
}

/** A connection of one person, on one wire or another, into as many conversations as they like. */
export interface ChatLine extends Disposable {
  /** `missed` is `null` when not recovered: a fresh view was given. */
  join(
    conversationId: string,
    since: Position | null,
  ): Promise<{ readonly position: Position; readonly missed: readonly Change[] | null }>
  /** Resolves with the change that sending made, or made the first time; rejects when the line ends first. */
  say(conversationId: string, text: string, clientId: string): Promise<Change>
  readonly ended: Promise<unknown>
}

interface Seat {
  readonly url: string
  readonly token: string
  /** Every durable change that comes live. */
  readonly onChange: (change: Change) => void
}

export type OpenChatLine = (seat: Seat) => Promise<ChatLine>

export const onMessenger =
  (transport: Transport): OpenChatLine =>
  async ({ url, token, onChange }) => {
    const client = await openMessengerClient(url, token, transport)
    const cutOff = rejectWhen(client.ended)
    client.socket.onAny((event: string, data: unknown) => {
      if (event in messenger.durableEvents) onChange(messengerChange({ event, data }))
    })
    return {
      ended: client.ended,
      async join(chatId, since) {
        const asked = client.ask('chat:join', { chatId, ...(since === null ? {} : { since }) })
        const joined = await Promise.race([asked, cutOff])
        if (!('members' in joined)) throw new Error('landed in a lobby')
        const { epoch, rev, recovered, changes } = joined
        return { position: { epoch, rev }, missed: recovered ? changes.map(messengerChange) : null }
      },
      async say(chatId, encryptedContent, tempId) {
        const { message } = await Promise.race([
          client.ask('message:new', { chatId, encryptedContent, tempId }),
          cutOff,
        ])
        return messengerChange({ event: 'message:new', data: { ...message, rev: message.seq } })
      },
      [Symbol.dispose]: client[Symbol.dispose],
    }
  }

function messengerChange({ event, data }: { readonly event: string; readonly data: unknown }): Change {
  const { chatId: conversationId, rev, id, encryptedContent: text } = data as messenger.Message
  return { conversationId, rev, said: event === 'message:new' ? { id, text } : null }
}

export const onSite =
  (transport: Transport): OpenChatLine =>
  async ({ url, token, onChange }) => {
    const client = await openSiteClient(url, token, transport)
    const cutOff = rejectWhen(client.ended)
    client.socket.onAny((event: string, data: { readonly rev?: number }) => {
      // Without a `rev` somebody only came to look.
      if (event in site.durableEvents && data.rev !== undefined) onChange(siteChange({ event, data }))
    })
    return {
      ended: client.ended,
      async join(conversationId, since) {
        const asked = client.ask('conversation:join', { conversationId, ...(since === null ? {} : { since }) })
        const { epoch, rev, recovered, changes } = await Promise.race([asked, cutOff])
        return { position: { epoch, rev }, missed: recovered ? changes.map(siteChange) : null }
      },
      async say(conversationId, text, messageId) {
        const { id, seq } = await Promise.race([
          client.ask('message:send', { conversationId, text, messageId }),
          cutOff,
        ])
        if (id === undefined || seq === undefined) throw new Error('acknowledged without a place')
        return { conversationId, rev: seq, said: { id, text } }
      },
      [Symbol.dispose]: client[Symbol.dispose],
    }
  }

/** What an event of the site wire or of the poll tells. */
export function siteChange({ event, data }: { readonly event: string; readonly data: unknown }): Change {
  const { conversationId, rev, id, text } = data as site.Message
  return { conversationId, rev, said: event === 'message:new' ? { id, text } : null }
}
