import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bot } from '../bot.ts'
import { BotError } from '../bot-error.ts'
import { type OggOpusWriter, openOggOpusWriter } from '../ogg/ogg-opus-writer.ts'
import type { HeardPacket } from '../voice/voice-legs.ts'
import { createTimelineWriter, type TimelineWriter } from './timeline-writer.ts'

export interface RecordedFile {
  readonly path: string
  readonly name: string
  readonly durationMs: number
}

/** Records everybody in voice, each into a file of their own; all files begin at the same moment. */
export interface Recorder extends AsyncDisposable {
  /** So far. */
  readonly files: readonly RecordedFile[]
  /** Ends the recording. Rejects with `BotError` when not everything could be written. */
  close(): Promise<void>
}

interface Take {
  readonly path: string
  readonly name: string
  readonly writer: OggOpusWriter
  readonly timeline: TimelineWriter
}

const SAMPLES_PER_MS = 48

/** A name as part of a file's name: letters and digits of any script, the rest as hyphens. */
export const fileNameOf = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)

/** Records into `folder`, which is made if need be. Rejects with `BotError` when it can't be written to. */
export async function openRecorder(bot: Pick<Bot, 'on' | 'inVoice'>, folder: string): Promise<Recorder> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new BotError('file', `The folder ${folder} can't be made.`, { cause })
  })
  const startedAtMs = performance.now()
  const takes = new Map<string, Promise<Take>>()
  const open: Take[] = []
  const failures: unknown[] = []

  async function begin({ userId, source }: HeardPacket): Promise<Take> {
    const name = bot.inVoice.find((participant) => participant.userId === userId)?.name ?? userId
    const parts = [fileNameOf(name), fileNameOf(userId), ...(source === 'mic' ? [] : [source])]
    const path = join(folder, `${parts.filter((part) => part !== '').join('-')}.ogg`)
    const writer = await openOggOpusWriter({ path, title: name })
    const take = { path, name, writer, timeline: createTimelineWriter(writer) }
    open.push(take)
    return take
  }

  const stop = bot.on('packet', (heard) => {
    const { userId, source, packet, sequence, atMs } = heard
    const key = `${source} ${userId}`
    const take = takes.get(key) ?? begin(heard)
    takes.set(key, take)
    // The bytes are the socket's until then.
    const payload = Uint8Array.from(packet.payload)
    const { ssrc, timestamp } = packet
    const arrivedAt = Math.round((atMs - startedAtMs) * SAMPLES_PER_MS)
    take.then(
      ({ timeline }) => timeline.take({ ssrc, sequence, timestamp, payload, arrivedAt }),
      (error: unknown) => failures.push(error),
    )
  })

  async function close(): Promise<void> {
    stop()
    await Promise.allSettled(takes.values())
    for (const { timeline, writer } of open) {
      timeline.finish()
      await writer.close().catch((error: unknown) => failures.push(error))
    }
    const [cause] = failures
    if (cause !== undefined) throw new BotError('file', `Not everything could be written to ${folder}.`, { cause })
  }

  return {
    get files() {
      return open.map(({ path, name, writer }) => ({ path, name, durationMs: writer.samples / SAMPLES_PER_MS }))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
