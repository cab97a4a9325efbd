import { randomUUID } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, ConversationId, UserId } from '@parley/core'
import type { Logger } from 'pino'
import type { RecordedFile, Recordings } from '../../recordings.ts'

/** A recording that runs, across the media servers on which its conversation lives. */
export interface RunningRecording {
  /** Where a Janus that writes into this folder puts what is recorded: everything in there is removed in the end. */
  folderIn(recordingsFolder: string): string
  /** Janus records somebody's microphone into this file from now on. */
  add(who: { readonly userId: UserId; readonly name: string }, path: string): void
  /** Janus has closed its files. They are made into what people download; that goes on after this returns. */
  finish(): void
}

export interface RecordingsOptions {
  /** The folder for files that are ready. What a process before left there is removed. */
  readonly folder: string
  readonly clock: Clock
  readonly logger: Logger
}

export interface OpenRecordings extends Recordings, AsyncDisposable {
  start(conversationId: ConversationId): RunningRecording
  /** Removes all of it. */
  drop(conversationId: ConversationId): Promise<void>
}

interface Entry {
  file: RecordedFile
  readonly path: string
  /** The files that Janus wrote. */
  readonly parts: Set<string>
}

export async function openRecordings({ folder, clock, logger }: RecordingsOptions): Promise<OpenRecordings> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const kept = new Map<ConversationId, Map<string, Entry>>()
  /** One at a time: they read and write a lot, while people talk. */
  let queue: Promise<unknown> = Promise.resolve()

  const remove = (paths: Iterable<string>) =>
    Promise.all([...paths].map((path) => rm(path, { recursive: true, force: true })))

  /** Makes the file of one person, unless nothing came from them. */
  async function prepare(entry: Entry, entries: Map<string, Entry>, isKept: () => boolean): Promise<void> {
    const { startedAt, durationMs } = entry.file
    try {
      if (!isKept()) return
      // Its library is loaded by those who record.
      const { writeWebm } = await import('./write-webm.ts')
      const isSomething = await writeWebm(entry.path, [...entry.parts], { startedAt, endedAt: startedAt + durationMs })
      if (isSomething) entry.file = { ...entry.file, bytes: (await stat(entry.path)).size, state: 'ready' }
      else entries.delete(entry.file.id)
    } catch (error) {
      logger.error({ err: error }, 'a recording could not be prepared')
      entry.file = { ...entry.file, state: 'failed' }
    }
    // Dropped while it was written.
    if (!isKept()) await remove([entry.path])
  }

  const now = (entry: Entry): RecordedFile =>
    entry.file.state === 'recording' ? { ...entry.file, durationMs: clock.now() - entry.file.startedAt } : entry.file

  return {
    list: (conversationId) => [...(kept.get(conversationId)?.values() ?? [])].map(now),
    find(conversationId, id) {
      const entry = kept.get(conversationId)?.get(id)
      return entry?.file.state === 'ready' ? { ...entry.file, path: entry.path } : null
    },
    start(conversationId) {
      const startedAt = clock.now()
      const name = randomUUID()
      const entries = kept.get(conversationId) ?? new Map<string, Entry>()
      kept.set(conversationId, entries)
      const mine = new Map<UserId, Entry>()
      const folders = new Set<string>()
      return {
        folderIn(recordingsFolder) {
          const path = join(recordingsFolder, name)
          folders.add(path)
          return path
        },
        add(who, path) {
          const known = mine.get(who.userId)
          if (known !== undefined) return void known.parts.add(path)
          const id = randomUUID()
          const file = { id, ...who, startedAt, durationMs: 0, bytes: 0, state: 'recording' } as const
          const entry: Entry = { file, path: join(folder, `${id}.webm`), parts: new Set([path]) }
          mine.set(who.userId, entry)
          entries.set(id, entry)
        },
        finish() {
          for (const entry of mine.values()) entry.file = { ...now(entry), state: 'preparing' }
          const isKept = () => kept.get(conversationId) === entries
          queue = queue.then(async () => {
            for (const entry of mine.values()) await prepare(entry, entries, isKept)
            await remove(folders)
          })
        },
      }
    },
    async drop(conversationId) {
      const entries = kept.get(conversationId)
      kept.delete(conversationId)
      await remove([...(entries?.values() ?? [])].map(({ path }) => path))
    },
    async [Symbol.asyncDispose]() {
      kept.clear()
      await queue
      await rm(folder, { recursive: true, force: true })
    },
  }
}
