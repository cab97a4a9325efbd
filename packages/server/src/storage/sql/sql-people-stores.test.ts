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
import { createGroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
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
  const open = async () => {
    await using opening = new AsyncDisposableStack()
    const { url } = opening.use(await openTestDatabase())
    const database = opening.use(await openDatabase(url, '.'))
    const commits = createGroupCommit(database)
    const opened = opening.move()
    return {
      conversations: createSqlConversationStore(database, commits, createConversationReader(database)),
      messages: createSqlMessageStore(database),
      receipts: createSqlReceiptStore(database, commits),
      inbox: createSqlInboxStore(database),
      notifications: createSqlNotificationStore(database),
      users: createSqlUserStore(database),
      calls: createSqlCallStore(database),
      deadlines: createSqlDeadlineStore(database),
      revocations: createSqlRevocationStore(database),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
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
