import { type ColumnDefinitionBuilder, sql } from 'kysely'
import type { Migration } from './migration.ts'

const required = (column: ColumnDefinitionBuilder) => column.notNull()
const counter = (column: ColumnDefinitionBuilder) => column.notNull().defaultTo(0)

export const migration0001: Migration = {
  number: 1,
  name: 'conversations that last',

  async up({ table, index, types, db }) {
    const { key, text, number, flag } = types

    await table('conversations', (t) =>
      t
        .addColumn('id', key, required)
        .addColumn('kind', key, required)
        .addColumn('name', text, required)
        .addColumn('host_id', key, required)
        .addColumn('host_absent_since', number)
        .addColumn('created_at', number, required)
        .addColumn('expires_at', number)
        .addColumn('max_participants', number, required)
        .addColumn('is_locked', flag, required)
        .addColumn('password_hash', text)
        .addColumn('has_lobby', flag, required)
        .addColumn('encrypted', flag, required)
        .addColumn('retention_days', number)
        .addColumn('quota_key', key, required)
        .addColumn('banned', text, required)
        .addColumn('admitted', text, required)
        .addColumn('waiting', text, required)
        .addColumn('epoch', key, required)
        .addColumn('rev', number, required)
        .addColumn('version', number, required)
        .addColumn('member_count', number, required)
        .addColumn('active_at', number, required)
        .addColumn('oldest_at', number)
        .addColumn('pruned_rev', number, counter)
        .addColumn('last_commit', number, required)
        .addColumn('deleted_at', number)
        .addPrimaryKeyConstraint('conversations_key', ['id']),
    )
    await index('conversations_by_quota', 'conversations', ['quota_key'])
    await index('conversations_by_age', 'conversations', ['retention_days', 'oldest_at'])
    await index('conversations_by_deletion', 'conversations', ['deleted_at'])

    await table('memberships', (t) =>
      t
        .addColumn('conversation_id', key, required)
        .addColumn('user_id', key, required)
        .addColumn('name', text, required)
        .addColumn('role', key, required)
        .addColumn('joined_at', number, required)
        .addColumn('absent_since', number)
        .addColumn('has_entered', flag, required)
        .addColumn('joined_rev', number, required)
        .addColumn('joined_commit', number, required)
        .addColumn('left_at', number)
        .addColumn('left_rev', number)
        .addColumn('left_commit', number)
        .addColumn('delivered_seq', number, counter)
        .addColumn('delivered_at', number)
        .addColumn('read_seq', number, counter)
        .addColumn('read_at', number)
        .addColumn('receipt_commit', number, counter)
        .addPrimaryKeyConstraint('memberships_key', ['conversation_id', 'user_id']),
    )
    await index('memberships_by_user', 'memberships', ['user_id', 'left_commit', 'conversation_id'])
    await index('memberships_by_receipt', 'memberships', ['conversation_id', 'receipt_commit'])

    await table('messages', (t) =>
      t
        .addColumn('conversation_id', key, required)
        .addColumn('seq', number, required)
        .addColumn('id', key, required)
        .addColumn('client_id', key)
        .addColumn('sender_id', key, required)
        .addColumn('sender_name', text, required)
        .addColumn('content', text, required)
        .addColumn('type', key, required)
        .addColumn('reply_to', key)
        .addColumn('metadata', text)
        .addColumn('created_at', number, required)
        .addColumn('rev', number, required)
        .addColumn('edited_at', number)
        .addColumn('deleted_at', number)
        .addColumn('commit_number', number, required)
        .addPrimaryKeyConstraint('messages_key', ['conversation_id', 'seq']),
    )
    await index('messages_by_id', 'messages', ['id'], 'unique')
    await index('messages_by_sender', 'messages', ['conversation_id', 'sender_id', 'client_id'], 'unique')
    await index('messages_by_commit', 'messages', ['conversation_id', 'commit_number'])

    await table('reactions', (t) =>
      t
        .addColumn('conversation_id', key, required)
        .addColumn('seq', number, required)
        .addColumn('emoji', key, required)
        .addColumn('user_id', key, required)
        .addColumn('rev', number, required)
        .addPrimaryKeyConstraint('reactions_key', ['conversation_id', 'seq', 'emoji', 'user_id']),
    )
    await index('reactions_by_user', 'reactions', ['conversation_id', 'user_id'])

    await table('changes', (t) =>
      t
        .addColumn('conversation_id', key, required)
        .addColumn('rev', number, required)
        .addColumn('type', key, required)
        .addColumn('at', number, required)
        .addColumn('seq', number)
        .addColumn('user_id', key)
        .addColumn('payload', text)
        .addColumn('commit_number', number, required)
        .addPrimaryKeyConstraint('changes_key', ['conversation_id', 'rev']),
    )
    await index('changes_by_message', 'changes', ['conversation_id', 'seq'])
    await index('changes_by_user', 'changes', ['conversation_id', 'user_id'])
    await index('changes_by_commit', 'changes', ['conversation_id', 'commit_number'])

    await table('notifications', (t) =>
      t
        .addColumn('id', key, required)
        .addColumn('user_id', key, required)
        .addColumn('kind', key, required)
        .addColumn('conversation_id', key)
        .addColumn('message_id', key)
        .addColumn('seq', number)
        .addColumn('data', text, required)
        .addColumn('created_at', number, required)
        .addPrimaryKeyConstraint('notifications_key', ['id']),
    )
    await index('notifications_by_user', 'notifications', ['user_id', 'created_at', 'id'])
    await index('notifications_by_conversation', 'notifications', ['conversation_id', 'user_id', 'seq'])

    await table('users', (t) =>
      t
        .addColumn('id', key, required)
        .addColumn('name', text, required)
        .addColumn('avatar', text)
        .addColumn('roles', text, required)
        .addColumn('created_at', number, required)
        .addColumn('last_seen_at', number)
        .addPrimaryKeyConstraint('users_key', ['id']),
    )
    await table('preferences', (t) =>
      t
        .addColumn('user_id', key, required)
        .addColumn('status', key, required)
        .addColumn('custom_status', text)
        .addPrimaryKeyConstraint('preferences_key', ['user_id']),
    )

    await table('calls', (t) =>
      t
        .addColumn('id', key, required)
        .addColumn('conversation_id', key, required)
        .addColumn('open_in', key)
        .addColumn('caller_id', key, required)
        .addColumn('media', key, required)
        .addColumn('offer', text, required)
        .addColumn('state', key, required)
        .addColumn('created_at', number, required)
        .addColumn('answered_at', number)
        .addColumn('ended_at', number)
        .addColumn('end_reason', key)
        .addColumn('version', number, required)
        .addPrimaryKeyConstraint('calls_key', ['id']),
    )
    await index('calls_by_conversation', 'calls', ['conversation_id'])
    await index('calls_open', 'calls', ['open_in'], 'unique')
    await index('calls_by_end', 'calls', ['ended_at'])
    await table('call_parties', (t) =>
      t
        .addColumn('call_id', key, required)
        .addColumn('user_id', key, required)
        .addColumn('place', number, required)
        .addColumn('name', text, required)
        .addColumn('state', key, required)
        .addColumn('session_id', key)
        .addColumn('gone_since', number)
        .addPrimaryKeyConstraint('call_parties_key', ['call_id', 'user_id']),
    )
    await index('call_parties_by_user', 'call_parties', ['user_id', 'state'])

    await table('deadlines', (t) =>
      t
        .addColumn('key', key, required)
        .addColumn('due_at', number, required)
        .addColumn('visible_at', number, required)
        .addPrimaryKeyConstraint('deadlines_key', ['key']),
    )
    await index('deadlines_by_time', 'deadlines', ['visible_at'])

    await table('revocations', (t) =>
      t
        .addColumn('key', key, required)
        .addColumn('user_id', key)
        .addColumn('token_id', key)
        .addColumn('issued_before', number)
        .addColumn('until_at', number, required)
        .addPrimaryKeyConstraint('revocations_key', ['key']),
    )
    await index('revocations_by_end', 'revocations', ['until_at'])

    await table('relay', (t) =>
      t
        .addColumn('commit_number', number, required)
        .addColumn('place', number, required)
        .addColumn('origin', key, required)
        .addColumn('payload', text, required)
        .addColumn('created_at', number, required)
        .addPrimaryKeyConstraint('relay_key', ['commit_number', 'place']),
    )

    await table('moves', (t) =>
      t
        .addColumn('commit_number', number, required)
        .addColumn('conversations', text, required)
        .addPrimaryKeyConstraint('moves_key', ['commit_number']),
    )

    await table('commits', (t) =>
      t
        .addColumn('id', number, required)
        .addColumn('number', number, required)
        .addColumn('conversations', number, required)
        .addColumn('members', number, required)
        .addPrimaryKeyConstraint('commits_key', ['id']),
    )
    await sql`insert into commits (id, number, conversations, members)
      select 1, 0, 0, 0 where not exists (select 1 from commits)`.execute(db)
  },
}
