import { startServer } from '@parley/testkit'
import { describeOnEachDatabase } from '@parley/testkit/services'
import { describeChatPart, STUN_URL } from './describe-chat-part.ts'

describeOnEachDatabase('the chat part of the messenger wire', (openDatabase) => {
  describeChatPart(async () => {
    const database = await openDatabase()
    const server = await startServer({ databaseUrl: database.url, rateLimits: 'off', stunUrls: [STUN_URL] })
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await database[Symbol.asyncDispose]()
      },
    }
  })
})
