import {
  describeConversationStore,
  describeEraseAndPrune,
  describeMessageAppends,
  describeMessageStore,
  describeReplay,
} from '@parley/testkit/contracts'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { createConversationReader } from './conversation-reader.ts'
import { emptiedDatabases } from './emptied-databases-fixture.ts'
import { createGroupCommit } from './group-commit.ts'
import { createSqlConversationStore } from './sql-conversation-store.ts'
import { createSqlInboxStore } from './sql-inbox-store.ts'
import { createSqlMessageStore } from './sql-message-store.ts'
import { createSqlReceiptStore } from './sql-receipt-store.ts'

describeOnEachDatabase('stores', (openTestDatabase, kind) => {
  const lend = emptiedDatabases(openTestDatabase)
  const open = async () => {
    const { database, [Symbol.asyncDispose]: giveBack } = await lend()
    const commits = createGroupCommit(database)
    return {
      conversations: createSqlConversationStore(database, commits, createConversationReader(database)),
      receipts: createSqlReceiptStore(database, commits),
      inbox: createSqlInboxStore(database),
      messages: createSqlMessageStore(database),
      [Symbol.asyncDispose]: giveBack,
    }
  }
  describeConversationStore(kind, open)
  describeMessageAppends(kind, open)
  describeMessageStore(kind, open)
  describeReplay(kind, open)
  describeEraseAndPrune(kind, open)
})
