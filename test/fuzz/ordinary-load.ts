import { rejectWhen } from '../clients/line-ended.ts'
import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import type { Load } from './compare-loads.ts'
import { Pacer } from './pacer.ts'

/** The machine may have much else to do. */
const PATIENCE_MS = 60_000

/** Where one of them chats. */
interface OrdinarySeat {
  readonly token: string
  readonly chatId: string
}

interface OrdinaryPerson extends OrdinarySeat {
  readonly client: MessengerClient
}

/** Other people, who chat among themselves as fast as they are told to; as fast as no rate limit allows. */
export async function openOrdinaryLoad(url: string, seats: readonly OrdinarySeat[]): Promise<Load & Disposable> {
  const people: OrdinaryPerson[] = []
  for (const seat of seats) {
    const client = await openMessengerClient(url, seat.token)
    await client.ask('chat:join', { chatId: seat.chatId }, PATIENCE_MS)
    people.push({ ...seat, client })
  }
  const pacer = new Pacer()

  function ask({ client, chatId }: OrdinaryPerson, number: number): Promise<unknown> {
    if (number % 4 === 0) return client.ask('chat:history', { chatId, limit: 5 }, PATIENCE_MS)
    if (number % 4 === 1) return client.ask('message:typing', { chatId }, PATIENCE_MS)
    return client.ask('message:new', { chatId, encryptedContent: `words ${number}` }, PATIENCE_MS)
  }

  async function chat(person: OrdinaryPerson, until: AbortSignal): Promise<void> {
    const cutOff = rejectWhen(person.client.ended)
    for (let number = 0; !until.aborted; number += 1) {
      await pacer.pass()
      await Promise.race([ask(person, number), cutOff])
    }
  }

  return {
    pacer,
    run: async (until) => void (await Promise.all(people.map((person) => chat(person, until)))),
    [Symbol.dispose]() {
      for (const { client } of people) client[Symbol.dispose]()
    },
  }
}
