import { setTimeout as delay } from 'node:timers/promises'
import { type ChatHandle, createParleyClient, type ParleyClient } from '@parley/client'
import { BotError } from './bot-error.ts'
import type { BotEvents, Person } from './bot-events.ts'
import { enterRoom, toBotError } from './enter-room.ts'
import { createEventHub, type EventHub } from './event-hub.ts'
import { followChat } from './follow-chat.ts'
import { joinVoice } from './join-voice.ts'
import { readRoomLink } from './room-link.ts'
import type { PlayOptions } from './voice/speaker.ts'
import { loadSpokenTrack, type SpokenTrack } from './voice/spoken-track.ts'
import type { VoiceSession } from './voice/voice-session.ts'
import type { VoiceParticipant } from './voice/voice-wire.ts'

export interface BotOptions {
  /** As a person would open it: `https://talk.example.org/r/k7fp-2m9x-qd4w`. */
  readonly link: string
  /** 2–50 characters, and nobody else's in the room; “Bot” when absent. */
  readonly name?: string
  readonly password?: string
  /**
   * `off` (when absent): chat only. `listen`: hears everybody, as a listener. `measure`: muted, and sends silence now
   * and then where it may, which measures the way out and back. `speak`: can play sound as well.
   */
  readonly voice?: 'off' | 'listen' | 'measure' | 'speak'
  /** The bot waits in the lobby until the host lets it in. */
  readonly onLobby?: () => void
  /** Gives up entering. */
  readonly signal?: AbortSignal
}

/** A participant without a browser. Leaves the room when it is disposed of. */
export interface Bot extends AsyncDisposable {
  readonly selfId: string
  /** What the room is called. */
  readonly roomName: string
  /** What is written and said is for those who have the key, which a bot does not use. */
  readonly isEncrypted: boolean
  /** Everybody who has a seat in the room, the bot included. */
  readonly people: readonly Person[]
  /** Everybody in voice, the bot included; empty without voice. */
  readonly inVoice: readonly VoiceParticipant[]
  /** Times that voice had to begin anew. */
  readonly rejoins: number
  /** The room as the SDK shows it: for all that this interface has no words for. */
  readonly chat: ChatHandle
  on: EventHub<BotEvents>['on']
  /** Resolves when the message is stored; rejects with `BotError` when it is refused. */
  say(text: string): Promise<void>
  /** Plays a track, or an Ogg Opus file, unmuted for as long as it sounds. Rejects with `BotError`. */
  play(track: SpokenTrack | string, options?: PlayOptions): Promise<void>
}

/** Good-byes take no longer, whatever the server does. */
const LEAVE_MS = 2000

/** Joins a room by its link. Rejects with `BotError`, whose message is for the person who gave the link. */
export async function openBot(options: BotOptions): Promise<Bot> {
  const { name = 'Bot', password, voice: mode = 'off' } = options
  const link = readRoomLink(options.link)
  const { roomId, isEncrypted, ...admission } = await enterRoom(link, { name, password })
  let { token } = admission
  const client = createParleyClient({
    url: link.server,
    getToken: () => token,
    onToken: (next) => {
      token = next
    },
  })
  const hub = createEventHub<BotEvents>()
  const chat = client.openChat(roomId)
  try {
    await whenJoined(client, chat, options)
    followChat(client, chat, hub)
    const voice = mode === 'off' ? null : await joinVoice({ client, chat, hub, mode, isEncrypted })
    return createBot({ client, chat, hub, voice, isEncrypted })
  } catch (error) {
    await Promise.race([leave(chat, null), delay(LEAVE_MS, undefined, { ref: false })])
    client.close()
    throw toBotError(error)
  }
}

async function whenJoined(client: ParleyClient, chat: ChatHandle, { onLobby, signal }: BotOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let isWaiting = false
  const look = (): void => {
    const { phase, error } = chat.getSnapshot()
    if (phase === 'joined') resolve()
    else if (phase === 'waiting') {
      if (!isWaiting) onLobby?.()
      isWaiting = true
    } else if (phase === 'refused') reject(new BotError('refused', 'The host did not let the bot in.'))
    else if (phase === 'expired') reject(new BotError('expired', 'The room is over.'))
    else if (phase === 'kicked') reject(new BotError('refused', 'The bot was removed from the room.'))
    else if (error !== null) reject(new BotError('failed', error.message))
    else if (client.getState().status === 'ended')
      reject(new BotError('failed', 'The server took the bot’s token back.'))
  }
  const stop = (): void => reject(new BotError('refused', 'The bot was stopped before it was let in.'))
  const unsubscribes = [chat.subscribe(look), client.subscribe(look)]
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  look()
  try {
    await promise
  } finally {
    for (const unsubscribe of unsubscribes) unsubscribe()
    signal?.removeEventListener('abort', stop)
  }
}

interface BotParts {
  readonly client: ParleyClient
  readonly chat: ChatHandle
  readonly hub: EventHub<BotEvents>
  readonly voice: VoiceSession | null
  readonly isEncrypted: boolean
}

function createBot({ client, chat, hub, voice, isEncrypted }: BotParts): Bot {
  return {
    isEncrypted,
    get selfId() {
      return chat.getSnapshot().selfId ?? ''
    },
    get roomName() {
      return chat.getSnapshot().chat?.name ?? ''
    },
    get people() {
      return chat.getSnapshot().members.map(({ userId, name }) => ({ userId, name }))
    },
    get inVoice() {
      return voice?.participants ?? []
    },
    get rejoins() {
      return voice?.rejoins ?? 0
    },
    chat,
    on: hub.on,
    async say(text) {
      // In plain words it would be read by whom the others keep out.
      if (isEncrypted) throw new BotError('encrypted', 'The room is encrypted, and a bot can’t write in it.')
      await say(chat, text)
    },
    async play(track, options) {
      if (voice === null) throw new BotError('no-voice', 'The bot is not in voice: open it with `voice: "speak"`.')
      const loaded = typeof track === 'string' ? await loadSpokenTrack(track) : track
      await voice.play(loaded, options).catch((error: unknown) => {
        throw toBotError(error)
      })
    },
    async [Symbol.asyncDispose]() {
      await Promise.race([leave(chat, voice), delay(LEAVE_MS, undefined, { ref: false })])
      client.close()
    },
  }
}

/** The server forgets who doesn't say good-bye a little later by itself. */
async function leave(chat: ChatHandle, voice: VoiceSession | null): Promise<void> {
  await voice?.[Symbol.asyncDispose]()
  await chat.leave().catch(() => undefined)
}

/** Resolves when it is stored. */
async function say(chat: ChatHandle, text: string): Promise<void> {
  const tempId = chat.send({ content: text })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = (): void => {
    const item = chat.getSnapshot().timeline.find(({ key }) => key === tempId)
    if (item?.kind !== 'message') return
    if (item.status === 'sent') resolve()
    else if (item.status === 'failed') reject(new BotError('failed', item.error?.message ?? 'The message was refused.'))
  }
  const unsubscribe = chat.subscribe(look)
  look()
  try {
    await promise
  } finally {
    unsubscribe()
  }
}
