import { describeCallStore, describeDeadlineStore, describeRevocationStore } from '@parley/testkit/contracts'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { openDatabase } from './open-database.ts'
import { createSqlCallStore } from './sql-call-store.ts'
import { createSqlDeadlineStore } from './sql-deadline-store.ts'
import { createSqlRevocationStore } from './sql-revocation-store.ts'

describeOnEachDatabase('stores of people', (openTestDatabase, kind) => {
  const open = async () => {
    const testDatabase = await openTestDatabase()
    const database = await openDatabase(testDatabase.url, '.')
    return {
      calls: createSqlCallStore(database),
      deadlines: createSqlDeadlineStore(database),
      revocations: createSqlRevocationStore(database),
      async [Symbol.asyncDispose]() {
        await database[Symbol.asyncDispose]()
        await testDatabase[Symbol.asyncDispose]()
      },
    }
  }
  describeCallStore(kind, open)
  describeDeadlineStore(kind, open)
  describeRevocationStore(kind, open)
})
