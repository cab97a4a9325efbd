import type { ConversationStore, Message, MessageWrite, StateWrite } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { ConversationStores, Open } from './open-stores.ts'
import { createRandom, type Random } from './random.ts'
import { replay, viewOfState } from './replay-view.ts'
import {
  joinedEvent,
  loadState,
  SAMPLE_EPOCH,
  SAMPLE_TIME,
  sampleMember,
  sampleMessage,
  storeConversation,
} from './samples.ts'

const SEEDS = [1, 20_301, 777_777, 2 ** 31]
const ROUNDS = 150
const USERS = ['ann', 'bob', 'carl', 'dora']
const EMOJI = ['👍', '👎', '❤️']

/**
 * What every store promises about its events: whoever applies all of them, or those since any place they
 * have been at, sees what whoever reads afresh sees. `TEST_SEED` tries another seed.
 */
export function describeReplay(name: string, open: Open<ConversationStores>): void {
  const asked = process.env.TEST_SEED
  const seeds = asked === undefined ? SEEDS : [Number(asked)]

  describe(`${name}: events applied to what was known equal what is read afresh`, () => {
    test.each(seeds)('after random changes, some of them at the same time (TEST_SEED=%i)', async (seed) => {
      await using stores = await open()
      const random = createRandom(seed)
      const { id } = await storeConversation(stores.conversations)
      const views = [await readView(stores, id)]
      const messageIds = ['none']
      for (let round = 0; round < ROUNDS; round += 1) {
        const atOnce = Array.from({ length: 1 + random.integer(4) }, () => () => change(random, stores, id, messageIds))
        await Promise.all(atOnce.map((run) => run()))
        if (round % 10 === 0) views.push(await readView(stores, id))
      }
      const final = await readView(stores, id)
      expect(final.rev).toBeGreaterThan(ROUNDS)
      for (const view of views) {
        const since = { epoch: SAMPLE_EPOCH, rev: view.rev }
        const events = await stores.conversations.changesSince(id, since)
        expect(replay(view, events ?? [])).toEqual(final)
      }
    })
  })
}

async function readView({ conversations, messages }: ConversationStores, id: string) {
  const state = await loadState(conversations, id)
  const all: Message[] = []
  for (let after = 0, hasMore = true; hasMore; after = all.at(-1)?.seq ?? 0) {
    const page = await messages.page(id, { after, limit: 100 })
    all.push(...page.messages)
    hasMore = page.hasMore
  }
  return viewOfState(state, all)
}

async function change(
  random: Random,
  { conversations }: ConversationStores,
  id: string,
  messageIds: string[],
): Promise<void> {
  if (random.integer(3) === 0) return changeState(random, conversations, id)
  const write = randomMessageWrite(random, id, messageIds)
  if (write.type === 'send') messageIds.push(write.message.id)
  await conversations.append(id, write)
}

function randomMessageWrite(random: Random, id: string, messageIds: readonly string[]): MessageWrite {
  const userId = random.pick(USERS)
  const messageId = random.pick(messageIds)
  const at = SAMPLE_TIME + random.integer(1_000)
  const kind = random.integer(10)
  if (kind < 4) {
    const clientId = random.pick([null, `c${random.integer(30)}`])
    return {
      type: 'send',
      message: sampleMessage(id, { senderId: userId, clientId, content: `${kind}`, createdAt: at }),
    }
  }
  if (kind < 6) return { type: 'edit', messageId, content: `edited ${at}`, at }
  if (kind < 7) return { type: 'delete', messageId, byId: userId, at }
  return { type: 'react', messageId, userId, emoji: random.pick(EMOJI), on: random.integer(3) > 0, at }
}

async function changeState(random: Random, conversations: ConversationStore, id: string): Promise<void> {
  const userId = random.pick(USERS)
  const byId = random.pick(USERS)
  const kind = random.integer(4)
  const extraMs = random.integer(60_000)
  const state = await loadState(conversations, id)
  const member = state.members.get(userId)
  const base = { conversationId: id, at: SAMPLE_TIME }
  const append = (write: Omit<StateWrite, 'ifVersion'>) =>
    conversations.appendState(id, { ...write, ifVersion: state.version })

  if (!member) {
    const joining = sampleMember(userId, { role: 'speaker' })
    await append({ putMembers: [joining], events: [joinedEvent(id, joining)] })
  } else if (kind === 0 && member.role !== 'host') {
    const left = { type: 'member.left', ...base, userId, name: member.name, reason: 'left' } as const
    await append({ removeMembers: [userId], events: [left] })
  } else if (kind === 1) {
    const expiresAt = (state.conversation.expiresAt ?? 0) + extraMs
    await append({ conversation: { expiresAt }, events: [{ type: 'conversation.extended', ...base, byId, expiresAt }] })
  } else if (kind === 2) {
    const { isLocked } = state.conversation
    const type = isLocked ? 'conversation.unlocked' : 'conversation.locked'
    await append({ conversation: { isLocked: !isLocked }, events: [{ type, ...base, byId }] })
  } else if (member.role !== 'host') {
    const former = state.members.get(state.conversation.hostId)
    if (!former) throw new Error('the host is always a member here')
    await append({
      conversation: { hostId: userId },
      putMembers: [
        { ...former, role: 'moderator' },
        { ...member, role: 'host' },
      ],
      events: [
        {
          type: 'role.changed',
          ...base,
          userId,
          role: 'host',
          hostId: userId,
          former: { userId: former.userId, role: 'moderator' },
          byId,
        },
      ],
    })
  }
}
