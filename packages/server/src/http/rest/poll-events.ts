import { type Caller, type Core, DomainError, type DurableEvent, type InboxItem } from '@parley/core'
import type { site } from '@parley/protocol'
import { messageView } from '../../wire/site/views.ts'

type PollEvent = {
  [E in site.DurableEvent | 'message:read-receipt' | 'message:delivered-receipt']: {
    readonly event: E
    readonly data: site.ServerData<E>
  }
}[site.DurableEvent | 'message:read-receipt' | 'message:delivered-receipt']

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
  const { conversationId } = item
  switch (item.type) {
    case 'message.sent':
      return { event: 'message:new', data: messageView(item.message) }
    case 'message.edited':
    case 'message.deleted':
      return { event: 'message:updated', data: messageView(item.message) }
    case 'reaction.added':
    case 'reaction.removed': {
      const { messageId: id, emoji, userId, rev } = item
      const action = item.type === 'reaction.added' ? 'added' : 'removed'
      const messageId = await nameMessage(conversationId, id)
      return { event: 'message:reaction', data: { messageId, id, conversationId, emoji, userId, action, rev } }
    }
    case 'member.joined': {
      const { userId, name } = item.member
      return { event: 'user:joined', data: { userId, name, conversationId, rev: item.rev } }
    }
    case 'member.left': {
      const { userId, name, reason, rev } = item
      return { event: 'user:left', data: { userId, name, conversationId, reason, rev } }
    }
    case 'receipt.moved': {
      const { messageId: id, seq, userId, at, kind } = item
      const data = { conversationId, messageId: await nameMessage(conversationId, id), id, seq, userId, timestamp: at }
      return { event: kind === 'read' ? 'message:read-receipt' : 'message:delivered-receipt', data }
    }
    default:
      return { event: 'conversation:updated', data: updateView(item) }
  }
}

type Update = Extract<DurableEvent, { readonly type: 'role.changed' | `conversation.${string}` }>

function updateView(event: Update): site.ServerData<'conversation:updated'> {
  const { conversationId, rev, byId } = event
  const common = { conversationId, rev, ...(byId === null ? {} : { byId }) }
  switch (event.type) {
    case 'role.changed': {
      const { userId, role, hostId, former } = event
      const roles = [{ userId, role }, ...(former === null ? [] : [former])]
      return { ...common, change: 'role', conversation: { hostId }, roles }
    }
    case 'conversation.locked':
      return { ...common, change: 'locked', conversation: { isLocked: true } }
    case 'conversation.unlocked':
      return { ...common, change: 'unlocked', conversation: { isLocked: false } }
    case 'conversation.extended':
      return { ...common, change: 'extended', conversation: { expiresAt: event.expiresAt } }
    case 'conversation.renamed':
      return { ...common, change: 'renamed', conversation: { name: event.name } }
  }
}
