import {
  describeConversationStore,
  describeEraseAndPrune,
  describeMessageAppends,
  describeMessageStore,
  describeReplay,
} from '@parley/testkit/contracts'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { createConversationReader } from './conversation-reader.ts'
import { createGroupCommit } from './group-commit.ts'
import { openDatabase } from './open-database.ts'
import { createSqlConversationStore } from './sql-conversation-store.ts'
import { createSqlInboxStore } from './sql-inbox-store.ts'
import { createSqlMessageStore } from './sql-message-store.ts'
import { createSqlReceiptStore } from './sql-receipt-store.ts'

describeOnEachDatabase('stores', (openTestDatabase, kind) => {
  const open = async () => {
    await using opened = new AsyncDisposableStack()
    const { url } = opened.use(await openTestDatabase())
    const database = opened.use(await openDatabase(url, '.'))
    const closing = opened.move()
    const commits = createGroupCommit(database)
    return {
      conversations: createSqlConversationStore(database, commits, createConversationReader(database)),
      receipts: createSqlReceiptStore(database, commits),
      inbox: createSqlInboxStore(database),
      messages: createSqlMessageStore(database),
      [Symbol.asyncDispose]: () => closing.disposeAsync(),
    }
  }
  describeConversationStore(kind, open)
  describeMessageAppends(kind, open)
  describeMessageStore(kind, open)
  describeReplay(kind, open)
  describeEraseAndPrune(kind, open)
})
