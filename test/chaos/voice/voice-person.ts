import { setTimeout as pause } from 'node:timers/promises'
import { openVoiceSession, type VoiceSession } from '@parley/bot/voice-session'
import type { WebRtc } from '@parley/bot/webrtc'
import { ParleyError } from '@parley/client'
import type { ChaosClient } from '../client.ts'
import type { Signalling } from './signalling.ts'

/** What somebody wants of voice. */
export interface VoiceWish {
  readonly isIn: boolean
  readonly muted: boolean
  readonly hand: boolean
}

/** A client that is in voice with the bot's own media, silent but for a breath now and then, while it wishes to be. */
export interface VoicePerson extends AsyncDisposable {
  readonly client: ChaosClient
  readonly conversationId: string
  /** Tries it until it is so. */
  wish: VoiceWish
  /** Is in voice, or out of it, as it wishes: as far as it was answered. */
  readonly isSettled: boolean
  /** Its media stand. */
  readonly isConnected: boolean
  /** From whom something came lately. */
  hears(userId: string): boolean
  /** Times that it came into voice by its own wish. */
  readonly joins: number
  /** Times that its media had to begin anew. */
  readonly rejoins: number
}

const LOOK_MS = 200
const RETRY_MS = 500
/** Several times as long as from one breath to the next. */
const LATELY_MS = 3000

export function createVoicePerson(client: ChaosClient, signalling: Signalling, rtc: WebRtc): VoicePerson {
  const [conversationId = ''] = client.conversationIds
  const heardAt = new Map<string, number>()
  let session: VoiceSession | null = null
  let isOut = true
  let joins = 0
  let rejoins = 0
  let isOver = false

  async function goIn(): Promise<void> {
    const opened = await openVoiceSession({
      client: signalling,
      chatId: conversationId,
      selfId: client.userId,
      rtc,
      listenOnly: false,
      onPacket: ({ userId }) => void heardAt.set(userId, performance.now()),
      onParticipants: () => undefined,
      onUnmuteAsked: () => undefined,
      onEnded: () => undefined,
      onClosed() {
        rejoins += session?.rejoins ?? 0
        session = null
      },
    })
    isOut = false
    if (opened.isOver) return
    session = opened
    joins += 1
  }

  /** Until the server knows it, on whichever line. */
  async function goOut(): Promise<void> {
    await session?.[Symbol.asyncDispose]()
    await signalling.wire.request('voice:leave', { chatId: conversationId }).catch((error: unknown) => {
      // Who is not in the conversation is not in its voice.
      if (!(error instanceof ParleyError && error.code === 'NOT_IN_ROOM')) throw error
    })
    isOut = true
  }

  async function heed({ muted, hand }: VoiceWish): Promise<void> {
    const self = session?.participants.find(({ userId }) => userId === client.userId)
    if (session === null || self === undefined) return
    if (self.muted !== muted) await session.setMuted(muted)
    if ((self.hand !== null) !== hand) {
      await signalling.wire.request('voice:hand', { chatId: conversationId, raised: hand })
    }
  }

  async function live(): Promise<void> {
    while (!isOver) {
      try {
        if (person.wish.isIn && session === null) await goIn()
        else if (person.wish.isIn) await heed(person.wish)
        else if (!isOut) await goOut()
        await pause(LOOK_MS)
      } catch {
        // Refused for now, or nobody answered: what it comes to in the end is what is checked.
        await pause(RETRY_MS)
      }
    }
  }

  const person: VoicePerson = {
    client,
    conversationId,
    wish: { isIn: false, muted: true, hand: false },
    get isSettled() {
      return person.wish.isIn ? session !== null : isOut
    },
    get isConnected() {
      return session?.isConnected ?? false
    },
    hears: (userId) => performance.now() - (heardAt.get(userId) ?? Number.NEGATIVE_INFINITY) < LATELY_MS,
    get joins() {
      return joins
    },
    get rejoins() {
      return rejoins + (session?.rejoins ?? 0)
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      await session?.[Symbol.asyncDispose]()
      await living
      await session?.[Symbol.asyncDispose]()
    },
  }
  const living = live()
  return person
}
