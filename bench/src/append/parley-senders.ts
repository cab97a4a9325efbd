import { randomUUID } from 'node:crypto'
import { type Core, createCore, DEFAULT_LIMITS, type SessionCaller } from '@parley/core'
import { createPasswordHasher } from '@parley/server/auth/password-hasher'
import { createMemoryBus } from '@parley/server/bus/memory'
import { createIdSource } from '@parley/server/ids/id-source'
import { createSystemClock } from '@parley/server/ids/system-clock'
import { createUnlimitedRateLimiter } from '@parley/server/limits/memory-rate-limiter'
import { createNoMedia } from '@parley/server/media/no-media'
import { openStores } from '@parley/server/storage'

/** People who write through the core, as every wire does: permission, idempotency, counter, message, event. */
export interface ParleySenders extends AsyncDisposable {
  /** Every sender writes one message after the other, each when the one before is acknowledged. Resolves when as many are stored. */
  send(messages: number, content: string): Promise<void>
  /** How many messages there are in their conversations. */
  stored(): Promise<number>
}

export interface Senders {
  readonly senders: number
  readonly conversations: number
}

export async function openParleySenders(
  databaseUrl: string,
  { senders, conversations }: Senders,
): Promise<ParleySenders> {
  await using opening = new AsyncDisposableStack()
  const report = (error: unknown): void => {
    throw error
  }
  const stores = opening.use(await openStores({ databaseUrl, dataDir: '.', report }))
  const clock = createSystemClock()
  const core = createCore(
    {
      ...stores,
      media: createNoMedia(),
      bus: createMemoryBus(),
      limiter: createUnlimitedRateLimiter(DEFAULT_LIMITS),
      clock,
      ids: createIdSource(),
      passwords: createPasswordHasher(),
      report,
    },
    { runsTimers: false },
  )
  opening.defer(() => core.close())
  const callers = Array.from({ length: senders }, (_, n) => callerOf(`user-${n}`))
  const ids = await makeConversations(core, callers, conversations)
  const opened = opening.move()
  return {
    async send(messages, content) {
      let left = messages
      const write = async (caller: SessionCaller): Promise<void> => {
        while (left > 0) {
          left -= 1
          const conversationId = ids[left % ids.length] ?? ''
          await core.send(caller, {
            conversationId,
            content,
            type: 'text',
            clientId: randomUUID(),
            replyTo: null,
            metadata: null,
          })
        }
      }
      await Promise.all(callers.map(write))
    },
    async stored() {
      const revs = await Promise.all(ids.map(async (id) => (await stores.conversations.load(id))?.rev ?? 0))
      return revs.reduce((sum, rev) => sum + rev, 0)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const callerOf = (userId: string): SessionCaller => ({ userId, name: userId, room: null, sessionId: userId })

/** Groups in which everybody may write. */
async function makeConversations(core: Core, callers: readonly SessionCaller[], conversations: number) {
  const members = callers.map(({ userId }) => ({ userId, name: null, role: null }))
  const make = async () => {
    const input = { id: null, kind: 'group', name: 'Bench', members, retentionDays: null } as const
    return (await core.createConversation(null, input)).details.conversation.id
  }
  return Promise.all(Array.from({ length: conversations }, make))
}
