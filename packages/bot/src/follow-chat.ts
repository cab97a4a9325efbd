import type { ChatHandle, ChatSnapshot, ParleyClient } from '@parley/client'
import type { BotEvents, EndReason, Person } from './bot-events.ts'
import type { EventHub } from './event-hub.ts'

const END_OF_PHASE: Partial<Record<ChatSnapshot['phase'], EndReason>> = {
  kicked: 'kicked',
  expired: 'expired',
  refused: 'refused',
  left: 'closed',
}

const peopleOf = ({ members }: ChatSnapshot): Map<string, Person> =>
  new Map(members.map(({ userId, name }) => [userId, { userId, name }]))

/** Tells of what happens in a chat that is joined. */
export function followChat(client: ParleyClient, chat: ChatHandle, hub: EventHub<BotEvents>): void {
  let people = peopleOf(chat.getSnapshot())
  let isOver = false
  const end = (reason: EndReason): void => {
    if (isOver) return
    isOver = true
    hub.tell('ended', { reason })
  }
  chat.on('message', (message) => {
    const { id, senderId, senderName, encryptedContent: text, createdAt: at } = message
    hub.tell('message', { id, text, at, from: { userId: senderId, name: senderName }, message })
  })
  chat.subscribe(() => {
    const snapshot = chat.getSnapshot()
    const before = people
    people = peopleOf(snapshot)
    for (const [userId, person] of people) if (!before.has(userId)) hub.tell('joined', person)
    for (const [userId, person] of before) if (!people.has(userId)) hub.tell('left', person)
    const reason = END_OF_PHASE[snapshot.phase]
    if (reason !== undefined) end(reason)
  })
  client.subscribe(() => {
    const state = client.getState()
    if (state.status === 'ended') end(state.reason)
  })
}
