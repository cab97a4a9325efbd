import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { openRoomsClient } from '../clients/rooms-client.ts'
import { onMessenger, onSite } from '../scenarios/chat-line.ts'
import { byPoll, bySocket, type Correspondent, type OpenCorrespondent } from '../scenarios/correspondent.ts'

/** Where honest people talk: a conversation with all of `people`, and a room with two guests. */
export interface HonestSeats {
  readonly url: string
  readonly conversationId: string
  readonly people: readonly { readonly name: string; readonly token: string }[]
  readonly roomId: string
  readonly roomTokens: readonly [string, string]
}

/** What happened since the figures were last asked for. */
interface HonestFigures {
  /** From saying something to its acknowledgement, in milliseconds. */
  readonly waits: readonly number[]
  /** What somebody else was told. */
  readonly deliveries: number
}

/** People who chat whatever else goes on, on every wire and transport, in a thread of their own. */
export interface HonestPeople extends AsyncDisposable {
  figures(): Promise<HonestFigures>
  /** They stop, and read what is still under way. What they were not told, or were told twice or in another order. */
  finish(): Promise<{ readonly said: number; readonly faults: readonly string[] }>
}

const WAYS: readonly OpenCorrespondent[] = [
  bySocket(onMessenger('websocket')),
  bySocket(onSite('websocket')),
  bySocket(onMessenger('polling')),
  bySocket(onMessenger('websocket')),
  byPoll,
]
const PAUSE_MS = 100
/** The machine may have much else to do. */
const PATIENCE_MS = 60_000
/** Whoever does nothing for minutes is taken out of a room. */
const STIR_MS = 30_000

export async function openHonestPeople(seats: HonestSeats): Promise<HonestPeople> {
  const worker = new Worker(new URL(import.meta.url), { workerData: seats })
  const failed = new Promise<never>((_, reject) => worker.once('error', reject))
  // Whoever asks next is told.
  failed.catch(() => undefined)
  const ask = async <T>(question: string): Promise<T> => {
    const answer = new Promise<T>((resolve) => worker.once('message', resolve))
    worker.postMessage(question)
    return Promise.race([answer, failed])
  }
  await Promise.race([new Promise((resolve) => worker.once('message', resolve)), failed])
  return {
    figures: () => ask('figures'),
    finish: () => ask('finish'),
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  }
}

async function talk({ url, conversationId, people, roomId, roomTokens }: HonestSeats): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('People talk in a thread of their own')
  let isOver = false
  let waits: number[] = []
  let deliveries = 0
  const faults: string[] = []

  const members: Correspondent[] = []
  for (const [index, { name, token }] of people.entries()) {
    const open = WAYS[index % WAYS.length] as OpenCorrespondent
    members.push(await open({ name, url, token, conversationIds: [conversationId] }))
  }
  const enter = (token: string) =>
    openRoomsClient(url, token, (frame) => {
      if (frame.type === 'room_event' && frame.event === 'message') deliveries += 1
    })
  const [first, second] = [await enter(roomTokens[0]), await enter(roomTokens[1])]
  for (const guest of [first, second]) await guest.ask('join_room', { roomId })

  async function repeat(say: (number: number) => Promise<unknown>): Promise<number> {
    let number = 0
    for (; !isOver; number += 1) {
      const start = performance.now()
      await say(number)
      waits.push(performance.now() - start)
      await pause(PAUSE_MS)
    }
    return number
  }
  const chats = members.map((member) =>
    repeat(async (number) => {
      await member.say(conversationId, `${member.name} ${number}`)
      deliveries += members.length - 1
    }),
  )
  let secondEnded: number | null = null
  void second.ended.then((code) => {
    secondEnded = code
  })
  const stirring = setInterval(() => {
    second
      .ask('typing', { isTyping: false }, PATIENCE_MS)
      .catch((error: unknown) => faults.push(`in the room: ${error}`))
  }, STIR_MS)
  const room = repeat((number) => first.ask('send_message', { text: `said ${number}` }, PATIENCE_MS))

  async function finish(): Promise<number> {
    isOver = true
    clearInterval(stirring)
    const counts = await Promise.all(chats)
    const inRoom = await room
    const total = counts.reduce((sum, count) => sum + count, 0)
    const deadline = performance.now() + PATIENCE_MS
    const told = (member: Correspondent) => member.accounts.get(conversationId)?.said() ?? []
    const heard = () =>
      second.received.flatMap((frame) =>
        frame.type === 'room_event' && frame.event === 'message' ? [frame.message.text] : [],
      )
    const isAllTold = () => members.every((member) => told(member).length >= total) && heard().length >= inRoom
    while (!isAllTold() && performance.now() < deadline) await pause(20)
    const order = JSON.stringify(told(members[0] as Correspondent))
    for (const member of members) {
      const account = member.accounts.get(conversationId)
      for (const fault of account?.faults() ?? []) faults.push(`${member.name}: ${fault}`)
      if (told(member).length !== total) faults.push(`${member.name} was told ${told(member).length} of ${total}`)
      if (JSON.stringify(told(member)) !== order) faults.push(`${member.name} was told in another order`)
    }
    const expected = Array.from({ length: inRoom }, (_, number) => `said ${number}`)
    if (JSON.stringify(heard()) !== JSON.stringify(expected)) {
      const end = secondEnded === null ? '' : `; the listener was closed with ${secondEnded}`
      faults.push(`in the room ${heard().length} of ${inRoom} were heard, or not in their order${end}`)
    }
    return total + inRoom
  }

  port.on('message', async (question: string) => {
    if (question === 'figures') {
      port.postMessage({ waits, deliveries })
      waits = []
      deliveries = 0
    } else port.postMessage({ said: await finish(), faults })
  })
  port.postMessage('ready')
}

if (!isMainThread && workerData !== null && 'conversationId' in workerData) await talk(workerData as HonestSeats)
