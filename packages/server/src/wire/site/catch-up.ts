import type { SiteUser } from './site-wire.ts'

/** Clocks of nodes differ by less. */
const SKEW_MS = 2000
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

async function catchUpConversations(session: SiteUser): Promise<void> {
  const { account, wire } = session
  const { clock, core } = wire.foundation
  const now = clock.now()
  for (const { conversationId, name } of await core.joinedSince(session.caller, account.since)) {
    if (account.wasAddedTo(conversationId)) continue
    session.emit('user:joined', { userId: session.identity.userId, name, conversationId })
    account.toldAdded(conversationId)
  }
  account.since = now - SKEW_MS
}
