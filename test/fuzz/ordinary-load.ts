import { rejectWhen } from '../clients/line-ended.ts'
import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import type { Load } from './compare-loads.ts'
import { Pacer } from './pacer.ts'

/** The machine may have much else to do. */
const PATIENCE_MS = 60_000

/** Other people, who chat among themselves as fast as they are told to; as fast as no rate limit allows. */
export async function openOrdinaryLoad(
  url: string,
  tokens: readonly string[],
  chatId: string,
): Promise<Load & Disposable> {
  const clients = await Promise.all(tokens.map((token) => openMessengerClient(url, token)))
  for (const client of clients) await client.ask('chat:join', { chatId }, PATIENCE_MS)
  const pacer = new Pacer()

  function ask(client: MessengerClient, number: number): Promise<unknown> {
    if (number % 4 === 0) return client.ask('chat:history', { chatId, limit: 5 }, PATIENCE_MS)
    if (number % 4 === 1) return client.ask('message:typing', { chatId }, PATIENCE_MS)
    return client.ask('message:new', { chatId, encryptedContent: `words ${number}` }, PATIENCE_MS)
  }

  async function chat(client: MessengerClient, until: AbortSignal): Promise<void> {
    const cutOff = rejectWhen(client.ended)
    for (let number = 0; !until.aborted; number += 1) {
      await pacer.pass()
      await Promise.race([ask(client, number), cutOff])
    }
  }

  return {
    pacer,
    run: async (until) => void (await Promise.all(clients.map((client) => chat(client, until)))),
    [Symbol.dispose]() {
      for (const client of clients) client[Symbol.dispose]()
    },
  }
}
