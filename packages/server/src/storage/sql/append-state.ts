import type {
  ConversationId,
  ConversationState,
  DurableEvent,
  Member,
  StateAppended,
  StateWrite,
  UserId,
} from '@parley/core'
import type { Batch, Head } from './batch.ts'
import type { ConversationReader } from './conversation-reader.ts'
import type { Work } from './group-commit.ts'
import { fromMember, fromSettings } from './stored-conversation.ts'
import { fromStateEvent } from './stored-event.ts'

export interface Deciding {
  readonly id: ConversationId
  readonly write: StateWrite
}

/** Stores changes of settings and members; of those decided on one version, the first. */
export function createAppendState(reader: ConversationReader): Work<Deciding, StateAppended> {
  return {
    async perform(batch, asked) {
      const heads = await batch.heads(asked.map(({ id }) => id))
      await batch.save()
      const current = asked.filter(({ id, write }) => heads.get(id)?.version === write.ifVersion)
      const states = new Map(await reader.read(batch.db, [...new Set(current.map(({ id }) => id))]))
      const answers: StateAppended[] = []
      for (const { id, write } of asked) {
        const head = heads.get(id)
        const state = states.get(id)
        if (head === undefined) answers.push({ status: 'gone' })
        else if (state === undefined || head.version !== write.ifVersion) answers.push({ status: 'stale' })
        else {
          const written = await writeState(batch, head, state, write)
          states.set(id, written.state)
          batch.afterCommit(() => reader.keep(id, written.state))
          answers.push({ status: 'appended', ...written })
        }
      }
      return answers
    },
  }
}

/** Stores a change on top of the state that the batch has found, and gives each of its events the next `rev`. */
export async function writeState(
  batch: Batch,
  head: Head,
  before: ConversationState,
  write: Omit<StateWrite, 'ifVersion'>,
): Promise<{ readonly state: ConversationState; readonly events: readonly DurableEvent[] }> {
  const { id } = head
  const revBefore = head.rev
  batch.touch(head)
  head.version += 1
  const events = write.events.map((event): DurableEvent => {
    const recorded = { ...event, rev: batch.nextRev(head, event.at) }
    batch.insert('changes', { ...fromStateEvent(recorded), commit_number: batch.commit })
    return recorded
  })
  const conversation = { ...before.conversation, ...write.conversation }
  if (write.conversation !== undefined && Object.keys(write.conversation).length > 0)
    await batch.db.updateTable('conversations').set(fromSettings(conversation)).where('id', '=', id).execute()
  const members = await writeMembers(batch, head, before, write, revBefore, events)
  const { epoch, version, rev } = head
  return { state: { epoch, version, rev, conversation, members }, events }
}

async function writeMembers(
  batch: Batch,
  head: Head,
  before: ConversationState,
  { putMembers = [], removeMembers = [] }: Omit<StateWrite, 'ifVersion'>,
  revBefore: number,
  events: readonly DurableEvent[],
): Promise<ReadonlyMap<UserId, Member>> {
  if (putMembers.length === 0 && removeMembers.length === 0) return before.members
  const members = new Map(before.members)
  for (const userId of removeMembers) members.delete(userId)
  for (const member of putMembers) members.set(member.userId, member)

  const joined: Member[] = []
  for (const member of members.values()) {
    const known = before.members.get(member.userId)
    if (known === undefined) joined.push(member)
    else if (known !== member) await updateMember(batch, head.id, member)
  }
  await welcome(batch, head, joined, revBefore)
  for (const userId of before.members.keys()) if (!members.has(userId)) await dismiss(batch, head, userId, events)
  head.member_count = members.size
  batch.count(0, members.size - before.members.size)
  return members
}

async function updateMember({ db }: Batch, id: ConversationId, member: Member): Promise<void> {
  const { conversation_id, user_id, ...columns } = fromMember(id, member)
  await db
    .updateTable('memberships')
    .set(columns)
    .where('conversation_id', '=', conversation_id)
    .where('user_id', '=', user_id)
    .execute()
}

/** Their part begins with what is written now; what was said before is not unread. */
export async function welcome(batch: Batch, head: Head, members: readonly Member[], rev: number): Promise<void> {
  if (members.length === 0) return
  const userIds = members.map(({ userId }) => userId)
  // Whoever was here before has left a row.
  await batch.db
    .deleteFrom('memberships')
    .where('conversation_id', '=', head.id)
    .where('user_id', 'in', userIds)
    .execute()
  for (const member of members)
    batch.insert('memberships', {
      ...fromMember(head.id, member),
      joined_rev: rev + 1,
      joined_commit: batch.commit,
      left_at: null,
      left_rev: null,
      left_commit: null,
      delivered_seq: rev,
      delivered_at: null,
      read_seq: rev,
      read_at: null,
      receipt_commit: 0,
    })
}

/** Their part ends with their own leaving; the row tells it to their devices. */
async function dismiss(batch: Batch, head: Head, userId: UserId, events: readonly DurableEvent[]): Promise<void> {
  const left = events.find((event) => event.type === 'member.left' && event.userId === userId)
  await batch.db
    .updateTable('memberships')
    .set({ left_at: left?.at ?? head.active_at, left_rev: left?.rev ?? head.rev, left_commit: batch.commit })
    .where('conversation_id', '=', head.id)
    .where('user_id', '=', userId)
    .execute()
}
