import { openMessengerClient } from '../clients/messenger-client.ts'
import type { Load } from './compare-loads.ts'
import { Pacer } from './pacer.ts'

/** Other people, who chat among themselves as fast as they are told to. */
export async function openOrdinaryLoad(
  url: string,
  tokens: readonly string[],
  chatId: string,
): Promise<Load & Disposable> {
  const clients = await Promise.all(tokens.map((token) => openMessengerClient(url, token)))
  for (const client of clients) await client.ask('chat:join', { chatId })
  const pacer = new Pacer()
  return {
    pacer,
    async run(until) {
      await Promise.all(
        clients.map(async (client) => {
          for (let number = 0; !until.aborted; number += 1) {
            await pacer.pass()
            if (number % 4 === 0) await client.ask('chat:history', { chatId, limit: 5 })
            else if (number % 4 === 1) await client.ask('message:typing', { chatId }).catch(() => undefined)
            else await client.ask('message:new', { chatId, encryptedContent: `words ${number}` })
          }
        }),
      )
    },
    [Symbol.dispose]() {
      for (const client of clients) client[Symbol.dispose]()
    },
  }
}
