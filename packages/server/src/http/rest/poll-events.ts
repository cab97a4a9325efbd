import { type Caller, type Core, DomainError, type InboxItem } from '@parley/core'
import type { site } from '@parley/protocol'
import { missedEvent } from '../../wire/site/events.ts'

interface Reader {
  readonly core: Pick<Core, 'findMessage'>
  readonly identity: Caller
}

/** What happened, as the site wire says it. */
export function pollEvents(reader: Reader, items: readonly InboxItem[]): Promise<site.PollAnswer['events']> {
  const named = new Map<string, Promise<string>>()
  const nameOf = (conversationId: string, id: string): Promise<string> => {
    const name = named.get(id) ?? clientIdOf(reader, conversationId, id)
    named.set(id, name)
    return name
  }
  return Promise.all(
    items.map(async (item) =>
      missedEvent(
        item.type === 'receipt.moved' ? { ...item, clientId: await nameOf(item.conversationId, item.messageId) } : item,
      ),
    ),
  )
}

/** The sender's own id of a message, by which its reader may know it. */
async function clientIdOf({ core, identity }: Reader, conversationId: string, id: string): Promise<string> {
  try {
    return (await core.findMessage(identity, conversationId, id)).clientId ?? id
  } catch (error) {
    // It is gone by now, or the caller is: then nobody looks for it by another name.
    if (error instanceof DomainError && error.code !== 'UNAVAILABLE') return id
    throw error
  }
}
