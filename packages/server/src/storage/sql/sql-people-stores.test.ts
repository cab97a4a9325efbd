import {
  describeCallStore,
  describeDeadlineStore,
  describeInboxStore,
  describeNotificationStore,
  describeNotifiedAppends,
  describeReceiptStore,
  describeRevocationStore,
  describeUserStore,
} from '@parley/testkit/contracts'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { createConversationReader } from './conversation-reader.ts'
import { emptiedDatabases } from './emptied-databases-fixture.ts'
import { createGroupCommit } from './group-commit.ts'
import { createSqlCallStore } from './sql-call-store.ts'
import { createSqlConversationStore } from './sql-conversation-store.ts'
import { createSqlDeadlineStore } from './sql-deadline-store.ts'
import { createSqlInboxStore } from './sql-inbox-store.ts'
import { createSqlMessageStore } from './sql-message-store.ts'
import { createSqlNotificationStore } from './sql-notification-store.ts'
import { createSqlReceiptStore } from './sql-receipt-store.ts'
import { createSqlRevocationStore } from './sql-revocation-store.ts'
import { createSqlUserStore } from './sql-user-store.ts'

describeOnEachDatabase('stores of people', (openTestDatabase, kind) => {
  const lend = emptiedDatabases(openTestDatabase)
  const open = async () => {
    const { database, [Symbol.asyncDispose]: giveBack } = await lend()
    const commits = createGroupCommit(database)
    return {
      conversations: createSqlConversationStore(database, commits, createConversationReader(database)),
      messages: createSqlMessageStore(database),
      receipts: createSqlReceiptStore(database, commits),
      inbox: createSqlInboxStore(database),
      notifications: createSqlNotificationStore(database),
      users: createSqlUserStore(database),
      calls: createSqlCallStore(database),
      deadlines: createSqlDeadlineStore(database),
      revocations: createSqlRevocationStore(database, commits),
      [Symbol.asyncDispose]: giveBack,
    }
  }
  describeReceiptStore(kind, open)
  describeInboxStore(kind, open)
  describeNotificationStore(kind, open)
  describeNotifiedAppends(kind, open)
  describeUserStore(kind, open)
  describeCallStore(kind, open)
  describeDeadlineStore(kind, open)
  describeRevocationStore(kind, open)
})
