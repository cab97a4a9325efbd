import type { Kysely } from 'kysely'
import type { Tables } from './schema.ts'

/** What the reference says of every column. The compiler names the one that is missing. */
type Sentences = {
  readonly [T in keyof Tables]: { readonly about: string } & { readonly columns: Record<keyof Tables[T], string> }
}

/** In the order of the page: what sites ask for first. */
const SENTENCES: Sentences = {
  conversations: {
    about:
      'One row for each conversation that lasts. Rooms are not here. Members of one: `memberships` with `left_at is null`.',
    columns: {
      id: 'As the site gave it, or made here',
      kind: '`direct` or `group`',
      name: 'Empty for a direct one',
      host_id: 'The member who is its host; `deleted-user` when there is none any more',
      host_absent_since: 'Since when the host is away; rooms only',
      created_at: 'When it was made',
      expires_at: 'When it ends; never, for one that lasts',
      max_participants: 'How many members there may be',
      is_locked: 'Whether newcomers are refused',
      password_hash: 'Of rooms only',
      has_lobby: 'Of rooms only',
      encrypted: 'Whether clients say that they encrypt the content',
      retention_days: 'How many days messages are kept; null: as long as the server is told to keep them',
      quota_key: 'Whose quota it counts against',
      banned: 'JSON list of user ids that may not come back',
      admitted: 'JSON list of user ids that were let in before',
      waiting: 'JSON list of those in the lobby; rooms only',
      epoch: 'Changes when the history was lost; positions are good within one epoch',
      rev: 'The number of the latest change; each change of the conversation has the next one',
      version: 'Grows with changes of settings and members',
      member_count: 'How many members there are',
      active_at: 'When something last happened: the order of conversation lists',
      oldest_at: 'When the oldest message was sent that is still kept',
      pruned_rev: 'Changes up to this one may be missing in part',
      last_commit: 'The commit that changed it last',
      deleted_at: 'Set while its content is being removed; to readers such a conversation is gone',
    },
  },
  memberships: {
    about:
      'Who is, or was, in which conversation. `left_at is null` are the members. Whoever comes back gets a new row in place of the old one.',
    columns: {
      conversation_id: '`conversations.id`',
      user_id: '`users.id`; a member who has never been here has no row there yet',
      name: 'Under which the conversation knows them',
      role: '`host`, `moderator`, `speaker` or `listener`',
      joined_at: 'When they were made a member',
      absent_since: 'Of rooms only',
      has_entered: 'Whether others were told that they came',
      joined_rev: 'The first change that is theirs to see live',
      joined_commit: 'The commit that made them a member',
      left_at: 'When they left or were removed; null for members',
      left_rev: 'The last change that was theirs to see',
      left_commit: 'The commit that ended their membership',
      delivered_seq: '`messages.seq` up to which everything was delivered to them',
      delivered_at: 'When that was said',
      read_seq: '`messages.seq` up to which they have read. Unread are later messages of others that are not deleted',
      read_at: 'When that was said',
      receipt_commit: 'The commit that moved one of the two last',
    },
  },
  messages: {
    about:
      'One row for each message, in its latest form, in the order of `seq`. A deleted one keeps its row without content, so that its place is known.',
    columns: {
      conversation_id: '`conversations.id`',
      seq: 'Its place in the conversation: the `rev` of its sending. Ascending, not without gaps',
      id: 'Made here; sorts by time of creation',
      client_id: 'The sender’s own id; a second message with the same one is not stored',
      sender_id: '`users.id`, or `deleted-user`',
      sender_name: 'The sender’s name in the conversation at that time',
      content: 'What was written; empty when deleted',
      type: '`text`, `image`, `video`, `audio`, `file` or `voice`',
      reply_to: '`messages.id` of the one that it answers',
      metadata: 'JSON of the client, such as `{"mentions":["user-id"]}`',
      created_at: 'When it was sent',
      rev: 'The number of its latest change; `seq` for one that was never changed',
      edited_at: 'When it was last edited',
      deleted_at: 'When it was deleted',
      commit_number: 'The commit that stored it',
    },
  },
  reactions: {
    about: 'Who reacted with what, as it stands now. In the order of `rev`.',
    columns: {
      conversation_id: '`conversations.id`',
      seq: '`messages.seq`',
      emoji: 'The reaction',
      user_id: '`users.id`',
      rev: 'The change that added it',
    },
  },
  users: {
    about: 'People as their latest token told of them. Whoever has never had a token is not here.',
    columns: {
      id: 'The `sub` of their tokens',
      name: 'Their name',
      avatar: 'Address of their picture',
      roles: 'JSON list',
      created_at: 'When they were first here',
      last_seen_at: 'When their last connection ended',
    },
  },
  preferences: {
    about: 'What people chose here. Without a row: `online`, and no words of their own.',
    columns: {
      user_id: '`users.id`',
      status: '`online`, `away`, `busy`, or `offline` to be invisible',
      custom_status: 'Words of their own',
    },
  },
  notifications: {
    about: 'What waits for people until they have seen it on one of their devices. What was seen is removed.',
    columns: {
      id: 'Made here; sorts by time of creation',
      user_id: 'Whom it is for',
      kind: '`mention`, `message`, `call` or `event`',
      conversation_id: '`conversations.id`, where it is about one',
      message_id: '`messages.id`, where it is about one',
      seq: '`messages.seq` of that message: reading up to there removes it',
      data: 'JSON: what a device shows. Never the content of a message',
      created_at: 'When it was made',
    },
  },
  calls: {
    about: 'Calls that are going on, and for a while those that are over.',
    columns: {
      id: 'Made here',
      conversation_id: '`conversations.id`',
      open_in: 'The conversation again while the call is not over: one at a time',
      caller_id: 'Who called',
      media: '`audio` or `video`',
      offer: 'JSON of the caller’s device, for those who come while it rings',
      state: '`ringing`, `active` or `ended`',
      created_at: 'When it began to ring',
      answered_at: 'When somebody first answered',
      ended_at: 'When it was over',
      end_reason: '`hangup`, `rejected`, `busy`, `timeout`, `failed`',
      version: 'Grows with every change',
    },
  },
  call_parties: {
    about: 'Who is called, and how they stand.',
    columns: {
      call_id: '`calls.id`',
      user_id: '`users.id`',
      place: 'Their order in the call',
      name: 'Their name',
      state: '`ringing`, `joined`, `rejected`, `busy`, `missed` or `left`',
      session_id: 'The device that they are in the call with',
      gone_since: 'Since when that device has no connection',
    },
  },
  changes: {
    about:
      'For the server: every change but the sending of messages, for those who missed it. Content of a deleted message is removed here as well.',
    columns: {
      conversation_id: '`conversations.id`',
      rev: 'Its number in the conversation',
      type: 'Such as `message.edited`, `reaction.added`, `member.joined`',
      at: 'When it happened',
      seq: '`messages.seq` of the message that it is about',
      user_id: 'Whom it is about, or who did it',
      payload: 'JSON',
      commit_number: 'The commit that stored it',
    },
  },
  deadlines: {
    about: 'For the server: what has to be done about calls, and when.',
    columns: {
      key: 'What is to be done',
      due_at: 'When it is due',
      visible_at: 'When a process may take it on (again)',
    },
  },
  revocations: {
    about: 'For the server: tokens that are not good any more.',
    columns: {
      key: '`user:` or `token:`, then the id',
      user_id: 'All tokens of this user',
      token_id: 'One token, by its `jti`',
      issued_before: 'Of a user’s, those that were issued up to then',
      until_at: 'When this may be forgotten',
      commit_number: 'The commit that stored or widened it',
    },
  },
  relay: {
    about: 'For the server: what one process tells the others. Kept for a minute.',
    columns: {
      commit_number: 'The commit that stored it',
      place: 'Its order in the commit',
      origin: 'The process that wrote it',
      payload: 'JSON',
      created_at: 'When it was written',
    },
  },
  moves: {
    about: 'For the server: which conversations the latest commits have changed.',
    columns: {
      commit_number: 'The commit',
      conversations: 'JSON list of pairs: `conversations.id` and its `rev`',
    },
  },
  commits: {
    about: 'For the server: one row. Every transaction that changes conversations takes the next number.',
    columns: {
      id: 'Always 1',
      number: 'Of the latest commit',
      conversations: 'How many there are',
      members: 'How many memberships there are, those that ended not counted',
    },
  },
  installation: {
    about: 'For the server: one row, by which nodes see that they are on the same database.',
    columns: {
      number: 'Always 1',
      id: 'A random id that names this database',
    },
  },
}

const INTRODUCTION = `# The database

Conversations that last, and everything that belongs to them, are in SQL: in the SQLite file \`parley.db\` in \`DATA_DIR\`, or in PostgreSQL or MariaDB by \`DATABASE_URL\`. The tables are the same in all three. Rooms, and who is connected, are in the memory of the process.

A site may read these tables by itself, at any time and with any isolation, best as a user of the database that may only \`select\`: SQLite in WAL mode, PostgreSQL and MariaDB never let readers wait for the server or the server for readers. It must not write in them: numbers that clients rely on are given out by the server alone. A column is not renamed or removed without a new major version; new ones may come with any.

- Times are milliseconds since 1970-01-01 UTC, flags 0 or 1, lists and objects JSON in a text column.
- Ids compare byte by byte: \`Ann\`, \`ann\` and \`ann \` are three people.
- Parley wants a database of its own (for PostgreSQL a schema of its own will do: \`?options=-c%20search_path%3Dparley\`). It refuses to start where tables with its names are somebody else’s, and where a newer release has been at work. What it did to the schema is in \`parley_migrations\`.

The unread messages of a user, as an example:

\`\`\`sql
select p.conversation_id, count(*) from memberships p
join messages m on m.conversation_id = p.conversation_id and m.seq > p.read_seq
where p.user_id = 'user-1' and p.left_at is null and m.sender_id <> p.user_id and m.deleted_at is null
group by p.conversation_id
\`\`\`
`

/** The page for whoever reads the tables, made from the tables of a database that was just made and the sentences above. Throws when the two do not fit. */
export async function schemaReference(db: Kysely<Tables>): Promise<string> {
  const tables = new Map((await db.introspection.getTables()).map((table) => [table.name, table]))
  tables.delete('parley_migrations')
  const sections = Object.entries(SENTENCES).map(([name, { about, columns }]) => {
    const table = tables.get(name)
    if (table === undefined) throw new Error(`there is no table ${name}`)
    tables.delete(name)
    const sentences = new Map(Object.entries(columns))
    const rows = table.columns.map((column) => {
      const sentence = sentences.get(column.name)
      if (sentence === undefined || !sentences.delete(column.name))
        throw new Error(`${name}.${column.name} is not described`)
      const type = column.dataType.toLowerCase() === 'integer' ? 'number' : 'text'
      return `| \`${column.name}\` | ${type}${column.isNullable ? ', null' : ''} | ${sentence} |`
    })
    if (sentences.size > 0) throw new Error(`${name} has no ${[...sentences.keys()].join(', ')}`)
    return [`## ${name}`, about, ['| column | type | |', '| --- | --- | --- |', ...rows].join('\n')].join('\n\n')
  })
  if (tables.size > 0) throw new Error(`not described: ${[...tables.keys()].join(', ')}`)
  return `${[INTRODUCTION.trimEnd(), ...sections].join('\n\n')}\n`
}
