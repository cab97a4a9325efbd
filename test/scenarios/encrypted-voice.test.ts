import { type Bot, openBot } from '@parley/bot'
import { createParleyClient } from '@parley/client'
import { createRoomKey } from '@parley/client/e2ee'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../../packages/bot/src/testing/fixture.ts'
import { loadSpokenTrack, type SpokenTrack } from '../../packages/bot/src/voice/spoken-track.ts'
import { openVoiceSession } from '../../packages/bot/src/voice/voice-session.ts'
import { loadWebRtc } from '../../packages/bot/src/voice/webrtc.ts'
import {
  createFrameOpener,
  createFrameSealer,
  FRAME_OVERHEAD_BYTES,
} from '../../packages/client/src/e2ee/frame-cipher.ts'
import { importRoomKey } from '../../packages/client/src/e2ee/room-key.ts'
import { createRoom } from './parley-bot.ts'

const PACKETS = 50
/** A frame that is shorter could be in another one by chance. */
const MIN_FRAME_BYTES = 20

/** Somebody who says Opus frames that we know, sealed with this key; or in the clear, as everybody does elsewhere. */
async function openSpeaker(url: string, roomId: string, token: string, key: string | null) {
  const client = createParleyClient({ url, getToken: () => token })
  const chat = client.openChat(roomId)
  await expect.poll(() => chat.getSnapshot().phase).toBe('joined')
  const { selfId, chat: joined } = chat.getSnapshot()
  const [userId, chatId] = [selfId ?? '', joined?.id ?? '']
  const plain = await loadSpokenTrack(fixture('tone-440.ogg'))
  const session = await openVoiceSession({
    ...{ client, chatId, selfId: userId, rtc: await loadWebRtc(), listenOnly: false },
    ...{ onPacket: nothing, onParticipants: nothing, onUnmuteAsked: nothing, onEnded: nothing, onClosed: nothing },
  })
  const silence = new AbortController()
  const track = key === null ? plain : await sealed(plain, { key, chatId, userId })
  const playing = session.play(track, { loop: true, signal: silence.signal })
  return {
    ...{ userId, chatId },
    frames: plain.packets.map(({ payload }) => payload).filter(({ length }) => length >= MIN_FRAME_BYTES),
    async [Symbol.asyncDispose]() {
      silence.abort()
      await playing
      await session[Symbol.asyncDispose]()
      client.close()
    },
  }
}

const nothing = (): void => undefined

async function sealed(track: SpokenTrack, { key, chatId, userId }: { key: string; chatId: string; userId: string }) {
  const sealer = createFrameSealer(await importRoomKey(key), chatId, userId)
  const packets = await Promise.all(
    track.packets.map(async (packet) => {
      const payload = await sealer.seal({ data: bufferOf(packet.payload), kind: 'audio', isKeyFrame: false })
      return { ...packet, payload: new Uint8Array(payload ?? new ArrayBuffer(0)) }
    }),
  )
  return { ...track, packets }
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer

/** What the media server passes on to somebody, without the encryption between the two of them. */
async function overhear(bot: Bot): Promise<Uint8Array[]> {
  const payloads: Uint8Array[] = []
  const stop = bot.on('packet', ({ packet }) => payloads.push(Uint8Array.from(packet.payload)))
  await expect.poll(() => payloads.length).toBeGreaterThan(PACKETS)
  stop()
  return payloads
}

const contains = (payload: Uint8Array, frame: Uint8Array): boolean => Buffer.from(payload).includes(Buffer.from(frame))

describe('what Janus has of somebody’s sound', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ media: 'janus', turn: 'off' })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it('is nothing that they said in an encrypted room, unless one has the key', async () => {
    const { roomId, token, link } = await createRoom(server.url, { encrypted: true })
    const key = createRoomKey()
    await using speaker = await openSpeaker(server.url, roomId, token, key)
    await using keyless = await openBot({ link, name: 'Ben', voice: 'listen' })
    const payloads = await overhear(keyless)
    const { frames, chatId, userId } = speaker
    expect(payloads.filter((payload) => frames.some((frame) => contains(payload, frame)))).toEqual([])

    const countOpened = async (withKey: string): Promise<number> => {
      const opener = createFrameOpener(await importRoomKey(withKey), chatId)
      const opened = await Promise.all(
        payloads.map((payload) => opener.open({ data: bufferOf(payload), kind: 'audio', isKeyFrame: false }, userId)),
      )
      return opened.filter((frame) => frame !== null && frames.some((known) => contains(new Uint8Array(frame), known)))
        .length
    }
    expect(await countOpened(createRoomKey())).toBe(0)
    expect(await countOpened(key)).toBeGreaterThan(PACKETS / 2)
    expect(Math.min(...payloads.map(({ length }) => length))).toBeGreaterThan(FRAME_OVERHEAD_BYTES)
  })

  it('is all of it in another room', async () => {
    const { roomId, token, link } = await createRoom(server.url)
    await using speaker = await openSpeaker(server.url, roomId, token, null)
    await using listener = await openBot({ link, name: 'Ben', voice: 'listen' })
    const payloads = await overhear(listener)
    const known = payloads.filter((payload) => speaker.frames.some((frame) => contains(payload, frame)))
    expect(known.length).toBeGreaterThan(PACKETS / 2)
  })
})
