/*
 * The tables, as queries see them. What is stored here is documented for sites in docs/reference/database.md,
 * from the sentences in schema-reference.ts; a column that is added needs one there, and a migration.
 *
 * Times are milliseconds since 1970, flags are 0 and 1, lists and objects are JSON as text: the same in every
 * database. Numbers stay within 2^53.
 */

type Flag = 0 | 1

export interface ConversationsTable {
  id: string
  kind: string
  name: string
  host_id: string
  host_absent_since: number | null
  created_at: number
  expires_at: number | null
  max_participants: number
  is_locked: Flag
  password_hash: string | null
  has_lobby: Flag
  encrypted: Flag
  retention_days: number | null
  quota_key: string
  banned: string
  admitted: string
  waiting: string
  epoch: string
  rev: number
  version: number
  member_count: number
  active_at: number
  oldest_at: number | null
  pruned_rev: number
  last_commit: number
  deleted_at: number | null
}

export interface MembershipsTable {
  conversation_id: string
  user_id: string
  name: string
  role: string
  joined_at: number
  absent_since: number | null
  has_entered: Flag
  joined_rev: number
  joined_commit: number
  left_at: number | null
  left_rev: number | null
  left_commit: number | null
  delivered_seq: number
  delivered_at: number | null
  read_seq: number
  read_at: number | null
  receipt_commit: number
}

export interface MessagesTable {
  conversation_id: string
  seq: number
  id: string
  client_id: string | null
  sender_id: string
  sender_name: string
  content: string
  type: string
  reply_to: string | null
  metadata: string | null
  created_at: number
  rev: number
  edited_at: number | null
  deleted_at: number | null
  commit_number: number
}

interface ReactionsTable {
  conversation_id: string
  seq: number
  emoji: string
  user_id: string
  rev: number
}

export interface ChangesTable {
  conversation_id: string
  rev: number
  type: string
  at: number
  seq: number | null
  user_id: string | null
  payload: string | null
  commit_number: number
}

export interface NotificationsTable {
  id: string
  user_id: string
  kind: string
  conversation_id: string | null
  message_id: string | null
  seq: number | null
  data: string
  created_at: number
}

export interface UsersTable {
  id: string
  name: string
  avatar: string | null
  roles: string
  created_at: number
  last_seen_at: number | null
}

interface PreferencesTable {
  user_id: string
  status: string
  custom_status: string | null
}

export interface CallsTable {
  id: string
  conversation_id: string
  /** The conversation while the call is not over, else `null`: unique, so that there is one at a time. */
  open_in: string | null
  caller_id: string
  media: string
  offer: string
  state: string
  created_at: number
  answered_at: number | null
  ended_at: number | null
  end_reason: string | null
  version: number
}

export interface CallPartiesTable {
  call_id: string
  user_id: string
  place: number
  name: string
  state: string
  session_id: string | null
  gone_since: number | null
}

interface DeadlinesTable {
  key: string
  due_at: number
  /** When it may be given out (again). */
  visible_at: number
}

export interface RevocationsTable {
  /** `user:` or `token:`, then the id. */
  key: string
  user_id: string | null
  token_id: string | null
  issued_before: number | null
  until_at: number
  /** The commit that stored or widened it. */
  commit_number: number
}

interface RelayTable {
  commit_number: number
  place: number
  /** The process that wrote it, which has told its own people already. */
  origin: string
  payload: string
  created_at: number
}

/** What one commit has moved: pairs of a conversation's id and its latest rev. One row instead of an index on what changes all the time. */
interface MovesTable {
  commit_number: number
  conversations: string
}

/** One row. Every transaction that writes in conversations takes the next number; its lock makes the order of numbers the order of commits. */
interface CommitsTable {
  id: number
  number: number
  conversations: number
  members: number
}

/** One row: which database this is, whoever opens it. */
interface InstallationTable {
  number: number
  id: string
}

export interface Tables {
  conversations: ConversationsTable
  memberships: MembershipsTable
  messages: MessagesTable
  reactions: ReactionsTable
  changes: ChangesTable
  notifications: NotificationsTable
  users: UsersTable
  preferences: PreferencesTable
  calls: CallsTable
  call_parties: CallPartiesTable
  deadlines: DeadlinesTable
  revocations: RevocationsTable
  relay: RelayTable
  moves: MovesTable
  commits: CommitsTable
  installation: InstallationTable
}
