import type { Conversation, ConversationStore, Member } from '@parley/core'
import { welcome } from './append-state.ts'
import type { Batch, Head } from './batch.ts'
import type { Work } from './group-commit.ts'
import { fromConversation } from './stored-conversation.ts'

type Created = Awaited<ReturnType<ConversationStore['create']>>

export interface Creating {
  readonly conversation: Conversation
  readonly epoch: string
  readonly members: readonly Member[]
  readonly maxPerQuotaKey: number
}

/** Stores new conversations, one after the other. */
export const createConversations: Work<Creating, Created> = {
  async perform(batch, asked) {
    const answers: Created[] = []
    for (const one of asked) answers.push(await create(batch, one))
    return answers
  },
}

async function create(batch: Batch, { conversation, epoch, members, maxPerQuotaKey }: Creating): Promise<Created> {
  const { id, quotaKey, createdAt } = conversation
  const { db } = batch
  // Also one that is being deleted keeps its id until the last of it is gone.
  if (await db.selectFrom('conversations').select('id').where('id', '=', id).executeTakeFirst()) return 'exists'
  if (Number.isFinite(maxPerQuotaKey)) {
    const query = db.selectFrom('conversations').select('id').where('quota_key', '=', quotaKey)
    const open = await query.where('deleted_at', 'is', null).limit(maxPerQuotaKey).execute()
    if (open.length >= maxPerQuotaKey) return 'quota'
  }
  const head: Head = {
    id,
    epoch,
    rev: 0,
    version: 0,
    member_count: members.length,
    active_at: createdAt,
    oldest_at: null,
    pruned_rev: 0,
    last_commit: batch.commit,
  }
  await db
    .insertInto('conversations')
    .values({ ...fromConversation(conversation), ...head, deleted_at: null })
    .execute()
  batch.setHead(id, head)
  await welcome(batch, head, members, 0)
  batch.count(1, members.length)
  return 'created'
}
