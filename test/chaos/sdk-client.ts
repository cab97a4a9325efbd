import {
  type ChatHandle,
  createChatManager,
  createMemoryOutbox,
  createParleyClient,
  type TimelineMessage,
} from '@parley/client'
import type { ChaosClient, Seat } from './client.ts'
import type { Signalling } from './voice/signalling.ts'

interface Opened {
  open(conversationId: string): ChatHandle
  close(): void
  /** By what it can be in voice. */
  readonly signalling?: Signalling
}

/** The SDK as a bot or a page uses it: it recovers and sends again by itself. */
export const openSdkClient = ({ url, token }: Seat): Opened => {
  const client = createParleyClient({ url, getToken: () => token })
  return { open: (id) => client.openChat(id), close: client.close, signalling: client }
}

/** The SDK as a site's page uses it: where sockets fail it goes by HTTP. */
export const openSdkManager = ({ url, token }: Seat): Opened => {
  const manager = createChatManager({ wsServer: url, getToken: () => token, outbox: createMemoryOutbox() })
  manager.connect()
  return { open: manager.open, close: manager.close }
}

export function createSdkClient(seat: Seat, way: string, openIt: (seat: Seat) => Opened): ChaosClient {
  const { name, userId, conversationIds } = seat
  const chats = new Map<string, ChatHandle>()
  const heard = new Map<string, string[]>()
  const asked = new Map<string, string[]>()
  const complaints: string[] = []
  let opened: Opened | null = null
  let count = 0

  const chatOf = (conversationId: string): ChatHandle => {
    const chat = chats.get(conversationId)
    if (chat === undefined) throw new Error(`${name} has not opened ${conversationId}`)
    return chat
  }
  const shownIn = (conversationId: string): readonly TimelineMessage[] =>
    chatOf(conversationId)
      .getSnapshot()
      .timeline.filter((item) => item.kind === 'message')
  const pendingIn = (conversationId: string): readonly string[] =>
    shownIn(conversationId).flatMap(({ status, key }) => (status === 'sent' ? [] : [key]))

  async function attempt(conversationId: string, deed: 'edit' | 'remove' | 'react'): Promise<void> {
    const chat = chatOf(conversationId)
    const fitting = shownIn(conversationId).filter(
      ({ own, status, message }) => status === 'sent' && message.deletedAt === undefined && own === (deed !== 'react'),
    )
    const id = fitting[Math.floor(Math.random() * fitting.length)]?.message.id
    if (id === undefined) return
    if (deed === 'edit') await chat.edit(id, `${name} edited this (${++count})`)
    else if (deed === 'remove') await chat.delete(id)
    else await chat.react(id, '👍', true)
  }

  return {
    name,
    userId,
    way,
    conversationIds,
    history: null,
    complaints,
    get signalling() {
      return opened?.signalling ?? null
    },
    presentIn: () => null,
    inVoice(conversationId) {
      // Without sockets nothing is told of voice.
      if (opened?.signalling === undefined) return null
      const { participants } = chatOf(conversationId).voice.getSnapshot()
      return participants.map(({ userId, muted, hand }) => ({ userId, muted, hand: hand !== null }))
    },
    async start() {
      opened = openIt(seat)
      for (const id of conversationIds) {
        const chat = opened.open(id)
        chats.set(id, chat)
        const told: string[] = []
        heard.set(id, told)
        asked.set(id, [])
        chat.on('message', (message) => void told.push(message.id))
        let [before, latest] = [0, 0]
        chat.subscribe(() => {
          const seq = shownIn(id).findLast(({ status }) => status === 'sent')?.message.seq ?? 0
          if (seq !== latest) [before, latest] = [latest, seq]
        })
        // What is shown after a fresh view has a hole before it, and nobody knows how large.
        chat.on('reset', () => {
          complaints.push(
            `${id} was not recovered: after ${before} it began again at ${latest}, ${new Date().toISOString()}`,
          )
        })
      }
      for (const chat of chats.values()) await joined(chat)
    },
    say(conversationId) {
      count += 1
      asked.get(conversationId)?.push(chatOf(conversationId).send({ content: `${name} says this (${count})` }))
    },
    attempt(deed, conversationId) {
      // What the line does not allow, or the other side forbids, is said to whoever asked: nobody relies on it.
      if (deed === 'edit' || deed === 'remove' || deed === 'react') attempt(conversationId, deed).catch(() => undefined)
    },
    get unsent() {
      return conversationIds.reduce((sum, id) => sum + pendingIn(id).length, 0)
    },
    hasReached({ conversationId, epoch, messages }) {
      const { phase, chat } = chatOf(conversationId).getSnapshot()
      const last = messages.at(-1)?.id
      return phase === 'joined' && chat?.epoch === epoch && shownIn(conversationId).at(-1)?.message.id === last
    },
    views: () =>
      conversationIds.map((conversationId) => {
        const pending = new Set(pendingIn(conversationId))
        const all = asked.get(conversationId) ?? []
        return {
          client: name,
          userId,
          conversationId,
          messages: shownIn(conversationId)
            .filter(({ status }) => status === 'sent')
            .map(({ message: { id, seq, encryptedContent: text, deletedAt } }) => ({
              id,
              seq,
              text,
              deleted: deletedAt !== undefined,
            })),
          heard: heard.get(conversationId) ?? [],
          asked: all,
          sent: all.filter((tempId) => !pending.has(tempId)),
        }
      }),
    close: () => opened?.close(),
    async [Symbol.asyncDispose]() {
      opened?.close()
    },
  }
}

function joined(chat: ChatHandle): Promise<void> {
  return new Promise((resolve) => {
    const look = (): boolean => chat.getSnapshot().phase === 'joined'
    if (look()) {
      resolve()
      return
    }
    const stop = chat.subscribe(() => {
      if (!look()) return
      stop()
      resolve()
    })
  })
}
