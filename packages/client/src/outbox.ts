import { SIZES } from '@parley/protocol/constants'
import type { Message } from '@parley/protocol/messenger'
import { asParleyError } from './as-parley-error.ts'
import { askAgainAfterMs } from './back-off.ts'
import { type Clock, createTimer } from './clock.ts'
import { failureOf } from './parley-error.ts'
import type { FailureInfo, OutboxStorage, OutgoingMessage, SendStatus, UnsentMessage } from './types.ts'

export interface OutboxEntry extends UnsentMessage {
  readonly status: SendStatus
  /** With status `sent`: as the server stored it, until the timeline has it. */
  readonly stored?: Message
}

export interface OutboxOptions {
  readonly chatId: string
  readonly clock: Clock
  readonly random: () => number
  readonly storage: OutboxStorage
  /** Who we are; `null` while that is not known. */
  readonly userId: () => string | null
  /** Sends one; resolves with it as stored. Safe to call again for the same one. */
  readonly send: (entry: UnsentMessage) => Promise<Message>
  /** The server stored it. */
  readonly onStored: (message: Message) => void
  readonly onChange: () => void
  /** The server says that we are not in the chat. */
  readonly onNotJoined: () => void
}

/** A chat's own messages until the server has them: one at a time, in order, each once. */
export interface Outbox {
  /** The same array until something changes. */
  entries(): readonly OutboxEntry[]
  add(tempId: string, message: OutgoingMessage, createdAt: number): void
  /** Harmless for one that has not failed. */
  retry(tempId: string): void
  /** Harmless for one that is on its way or unknown. */
  discard(tempId: string): void
  /** The line is up and we are in the chat. */
  resume(): void
  pause(): void
  /** The timeline has it. */
  settle(tempId: string): void
  /** The chat is over: what waits has failed for good. */
  abandon(error: FailureInfo): void
  /** The handle is closed: what is left belongs to the next one, whatever is still answered. */
  close(): void
}

/** Refused as outside the chat so often, it is not for want of joining. */
const MAX_REJOINS = 3

export function createOutbox(options: OutboxOptions): Outbox {
  const { chatId, clock, random, storage, userId } = options
  const again = createTimer(clock)
  let entries: readonly OutboxEntry[] = []
  /** What an earlier page left goes out first: nothing is sent before it is here. */
  let restored: 'no' | 'soon' | 'yes' = 'no'
  /** In the timeline before it was restored: sent by an earlier page or handle. */
  const stored = new Set<string>()
  let isOpen = false
  let isClosed = false
  let inFlight: string | null = null
  /** In a row, for the back-off. */
  let failures = 0
  let rejoins = 0
  /** Why nothing will be sent any more. */
  let over: FailureInfo | null = null

  function save(): void {
    const unsent = over === null ? entries.filter(({ status }) => status !== 'sent') : []
    storage.save(
      chatId,
      unsent.map(({ tempId, message, createdAt, error }) => ({
        tempId,
        message,
        createdAt,
        ...(error !== undefined && { error }),
      })),
      userId(),
    )
  }

  function setEntries(next: readonly OutboxEntry[]): void {
    entries = next
    if (!isClosed) save()
    options.onChange()
  }

  function restore(): void {
    if (restored !== 'no') return
    const found = storage.load(chatId, userId())
    if (found === null) return
    restored = 'soon'
    if (Array.isArray(found)) prepend(found)
    else Promise.resolve(found).then(prepend, () => prepend([]))
  }

  function prepend(found: readonly UnsentMessage[]): void {
    if (isClosed) return
    restored = 'yes'
    const known = new Set([...stored, ...entries.map(({ tempId }) => tempId)])
    stored.clear()
    const missing = found.filter(({ tempId }) => !known.has(tempId)).map(entryOf)
    const failed = over === null ? missing : missing.map((entry) => failedOf(entry, over))
    if (found.length > 0 || entries.length > 0) setEntries([...failed, ...entries])
    pump()
  }

  function replace(tempId: string, change: (entry: OutboxEntry) => OutboxEntry): void {
    if (entries.some((entry) => entry.tempId === tempId)) {
      setEntries(entries.map((entry) => (entry.tempId === tempId ? change(entry) : entry)))
    }
  }

  const toQueued = ({ error: _, ...entry }: OutboxEntry): OutboxEntry => ({ ...entry, status: 'queued' })

  function pump(): void {
    if (!isOpen || restored !== 'yes' || inFlight !== null || again.isSet) return
    const next = entries.find(({ status }) => status === 'queued')
    if (next === undefined) return
    inFlight = next.tempId
    replace(next.tempId, (entry) => ({ ...entry, status: 'sending' }))
    options.send(next).then(
      (message) => {
        inFlight = null
        failures = 0
        rejoins = 0
        replace(next.tempId, (entry) => ({ ...entry, status: 'sent', stored: message }))
        options.onStored(message)
        pump()
      },
      (error: unknown) => {
        inFlight = null
        refused(next.tempId, error)
        pump()
      },
    )
  }

  function refused(tempId: string, error: unknown): void {
    if (over !== null) return
    const known = asParleyError(error)
    switch (known.code) {
      case 'UNAVAILABLE':
      case 'RATE_LIMITED':
        replace(tempId, toQueued)
        failures += 1
        if (isOpen) again.set(askAgainAfterMs(known, failures, random()), pump)
        return
      case 'UNAUTHENTICATED':
      case 'TOKEN_EXPIRED':
        // The connection gets a new token and we are resumed.
        isOpen = false
        replace(tempId, toQueued)
        return
      case 'NOT_IN_ROOM':
        rejoins += 1
        if (rejoins > MAX_REJOINS) break
        isOpen = false
        replace(tempId, toQueued)
        options.onNotJoined()
        return
    }
    rejoins = 0
    replace(tempId, (entry) => ({ ...entry, status: 'failed', error: failureOf(known) }))
  }

  restore()
  return {
    entries: () => entries,
    add(tempId, message, createdAt) {
      const error = over ?? refusalOf(message)
      const entry: OutboxEntry = { tempId, message, createdAt, status: 'queued' }
      setEntries([...entries, error === null ? entry : { ...entry, status: 'failed', error }])
      pump()
    },
    retry(tempId) {
      if (over !== null) return
      replace(tempId, (entry) => (entry.status === 'failed' ? toQueued(entry) : entry))
      pump()
    },
    discard(tempId) {
      if (tempId === inFlight) return
      const left = entries.filter((entry) => entry.tempId !== tempId || entry.status === 'sent')
      if (left.length < entries.length) setEntries(left)
    },
    resume() {
      isOpen = true
      again.clear()
      restore()
      pump()
    },
    pause() {
      isOpen = false
      again.clear()
    },
    settle(tempId) {
      if (restored !== 'yes') stored.add(tempId)
      if (entries.some((entry) => entry.tempId === tempId)) {
        setEntries(entries.filter((entry) => entry.tempId !== tempId))
      }
    },
    abandon(error) {
      isOpen = false
      again.clear()
      over = error
      setEntries(entries.map((entry) => (entry.status === 'sent' ? entry : { ...entry, status: 'failed', error })))
    },
    close() {
      isOpen = false
      isClosed = true
      again.clear()
      storage.release?.(chatId)
    },
  }
}

const entryOf = (message: UnsentMessage): OutboxEntry => ({
  ...message,
  status: message.error === undefined ? 'queued' : 'failed',
})

const failedOf = (entry: OutboxEntry, error: FailureInfo | null): OutboxEntry =>
  error === null ? entry : { ...entry, status: 'failed', error }

const encoder = new TextEncoder()
const MAX_METADATA_BYTES = 8192

/** What the server would refuse for its size, or even hang up on, is not sent at all. */
function refusalOf({ content, metadata }: OutgoingMessage): FailureInfo | null {
  if (encoder.encode(content).length > SIZES.maxContentBytes) {
    return { code: 'PAYLOAD_TOO_LARGE', message: `A message has at most ${SIZES.maxContentBytes} bytes.` }
  }
  if (metadata !== undefined && encoder.encode(JSON.stringify(metadata)).length > MAX_METADATA_BYTES) {
    return { code: 'PAYLOAD_TOO_LARGE', message: `Metadata has at most ${MAX_METADATA_BYTES} bytes of JSON.` }
  }
  return null
}
