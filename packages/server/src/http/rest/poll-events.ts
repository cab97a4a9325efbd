import { type Caller, type Core, DomainError, type InboxItem } from '@parley/core'
import type { site } from '@parley/protocol'
import type { z } from 'zod'
import { missedEvent } from '../../wire/site/events.ts'

type PollEvent = z.infer<typeof site.change>

/** The sender's own id of a message, by which its reader may know it. */
type NameMessage = (conversationId: string, id: string) => Promise<string>

/** What happened, as the site wire says it. */
export function pollEvents(
  { core, identity }: { readonly core: Pick<Core, 'findMessage'>; readonly identity: Caller },
  items: readonly InboxItem[],
): Promise<PollEvent[]> {
  const named = new Map<string, Promise<string>>()
  const nameMessage: NameMessage = (conversationId, id) => {
    const key = JSON.stringify([conversationId, id])
    const name = named.get(key) ?? clientIdOf(core, identity, conversationId, id)
    named.set(key, name)
    return name
  }
  return Promise.all(items.map((item) => pollEvent(item, nameMessage)))
}

async function clientIdOf(
  core: Pick<Core, 'findMessage'>,
  identity: Caller,
  conversationId: string,
  id: string,
): Promise<string> {
  try {
    return (await core.findMessage(identity, conversationId, id)).clientId ?? id
  } catch (error) {
    // It is gone by now, or the caller is: then nobody looks for it by another name.
    if (error instanceof DomainError && error.code !== 'UNAVAILABLE') return id
    throw error
  }
}

async function pollEvent(item: InboxItem, nameMessage: NameMessage): Promise<PollEvent> {
  if (item.type !== 'receipt.moved') return missedEvent(item)
  const { conversationId, messageId: id, seq, userId, at, kind } = item
  const data = { conversationId, messageId: await nameMessage(conversationId, id), id, seq, userId, timestamp: at }
  return { event: kind === 'read' ? 'message:read-receipt' : 'message:delivered-receipt', data }
}
