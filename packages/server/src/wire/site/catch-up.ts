import type { ConversationSummary } from '@parley/core'
import type { SiteUser } from './site-wire.ts'

/** Clocks of nodes differ by less. */
const SKEW_MS = 2000
const PAGE = 50
const TRIES = 5

/** Tells the client who has come and gone, and which conversations its user was added to, as far as it was not told. */
export async function catchUp(session: SiteUser): Promise<void> {
  if (session.identity.kind === 'guest') return
  await catchUpPeople(session, TRIES)
  await catchUpConversations(session)
}

async function catchUpPeople(session: SiteUser, triesLeft: number): Promise<void> {
  const { account, wire } = session
  const { told } = account
  const people = await wire.foundation.core.toldContacts(session.caller)
  // What was read may be past.
  if (told !== account.told && triesLeft > 0) return catchUpPeople(session, triesLeft - 1)
  const now = new Map(people.map(({ userId, name }) => [userId, name]))
  for (const userId of [...account.online].filter((id) => !now.has(id))) {
    session.emit('user:offline', { userId })
    account.toldOnline(userId, false)
  }
  for (const [userId, name] of now) {
    if (account.online.has(userId)) continue
    session.emit('user:online', { userId, name })
    account.toldOnline(userId, true)
  }
}

/** Being added is the latest that has happened in a conversation, or something happened since: they come first. */
async function catchUpConversations(session: SiteUser): Promise<void> {
  const { account, wire } = session
  const { clock, core } = wire.foundation
  const now = clock.now()
  const { since } = account
  let before: { activeAt: number; id: string } | undefined
  for (let hasMore = true; hasMore; ) {
    const page = await core.listConversations(session.caller, { limit: PAGE, ...(before && { before }) })
    for (const summary of page.conversations) tellAdded(session, summary, since)
    const last = page.conversations.at(-1)
    hasMore = page.hasMore && last !== undefined && last.activeAt >= since
    if (last !== undefined) before = { activeAt: last.activeAt, id: last.conversation.id }
  }
  account.since = now - SKEW_MS
}

function tellAdded(session: SiteUser, { conversation, self }: ConversationSummary, since: number): void {
  const { account } = session
  const { id: conversationId } = conversation
  if (self.joinedAt < since || account.wasAddedTo(conversationId)) return
  const { userId, name } = self
  session.emit('user:joined', { userId, name, conversationId })
  account.toldAdded(conversationId)
}
