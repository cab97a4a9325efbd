import { isUnsentMessage } from './outbox-storage.ts'
import { createPageLease, type PageLease, type PageLocks } from './page-lease.ts'
import type { OutboxStorage, UnsentMessage } from './types.ts'

export interface IndexedDbOutboxOptions {
  /** Outboxes of the same name are one; `parley` when absent. */
  readonly name?: string
}

/** What the outbox is made of; tests bring their own. */
export interface IndexedDbOutboxParts {
  readonly indexedDB: IDBFactory | undefined
  readonly locks: PageLocks | undefined
  readonly localStorage: Storage | undefined
  readonly sessionStorage: Storage | undefined
  /** The page's life; it never ends by itself when absent. */
  readonly until?: Promise<void>
  /** Outboxes of the same page share its messages; each is a page of its own when absent. */
  readonly page?: object
}

/** What the outboxes of one name in a page have in common. */
interface Page {
  readonly lease: PageLease
  /** What open chats show, by `tempId`. */
  readonly held: Set<string>
}

const pages = new WeakMap<object, Map<string, Page>>()

interface Kept extends UnsentMessage {
  readonly chatId: string
  /** Whose it is; `null` when that was not known yet. */
  readonly userId: string | null
  /** The page that sends it. */
  readonly page: string
  /** The order among messages of the same moment. */
  readonly order: number
}

/**
 * Keeps unsent messages in the browser until they are sent, across reloads and closed tabs, however large.
 *
 * IndexedDB writes take a moment, and a page that goes away in it takes them with it. So each message is first
 * written down in `localStorage`, which is done when it returns, and struck there when the database has it.
 * A message belongs to the page that shows it: other tabs leave it alone until that page is gone, then one of
 * them takes it over. When its chat is closed, whoever opens the chat in that page has it. Messages of one person never go out under the name of another.
 */
export function createIndexedDbOutbox(
  { name = 'parley' }: IndexedDbOutboxOptions = {},
  parts: IndexedDbOutboxParts = browserParts(),
): OutboxStorage {
  const { localStorage } = parts
  const { lease, held } = pageOf(name, parts)
  const prefix = `${name}.outbox.note.`
  /** What this page keeps, by chat and `tempId`, as it was written. */
  const mine = new Map<string, Map<string, string>>()
  /** Chats that are open, each with what its last reading is known by. */
  const readings = new Map<string, symbol>()
  let order = 0
  let database: Promise<IDBDatabase> | null = null

  /** One database for all; opened when it is needed, and anew when the browser closed it. */
  function opened(): Promise<IDBDatabase> {
    database ??= openDatabase(parts.indexedDB, `${name}.outbox`)
    database.then(
      (db) => {
        db.onclose = () => {
          database = null
        }
      },
      () => {
        database = null
      },
    )
    return database
  }

  async function write(change: (messages: IDBObjectStore) => void): Promise<void> {
    const transaction = (await opened()).transaction(STORE, 'readwrite', { durability: 'strict' })
    change(transaction.objectStore(STORE))
    await finished(transaction)
  }

  function keep(kept: Kept): void {
    const text = JSON.stringify(kept)
    const ofChat = mine.get(kept.chatId) ?? new Map<string, string>()
    mine.set(kept.chatId, ofChat)
    ofChat.set(kept.tempId, text)
    held.add(kept.tempId)
    note(kept.tempId, text)
    write((messages) => messages.put(kept)).then(
      () => strike(kept.tempId, text),
      // The note stays: it is all that there is.
      () => undefined,
    )
  }

  function forget(chatId: string, tempId: string): void {
    mine.get(chatId)?.delete(tempId)
    held.delete(tempId)
    strike(tempId)
    write((messages) => messages.delete(tempId)).catch(() => undefined)
  }

  function note(tempId: string, text: string): void {
    try {
      localStorage?.setItem(prefix + tempId, text)
    } catch {
      // Full, or off: the database alone has it, a moment later.
    }
  }

  /** Unless it was written anew since. */
  function strike(tempId: string, text?: string): void {
    try {
      if (text === undefined || localStorage?.getItem(prefix + tempId) === text)
        localStorage?.removeItem(prefix + tempId)
    } catch {
      // As above.
    }
  }

  function notes(): readonly Kept[] {
    const found: Kept[] = []
    try {
      for (let index = 0; index < (localStorage?.length ?? 0); index += 1) {
        const key = localStorage?.key(index) ?? ''
        if (!key.startsWith(prefix)) continue
        const value: unknown = JSON.parse(localStorage?.getItem(key) ?? 'null')
        if (isKept(value)) found.push(value)
      }
    } catch {
      // What cannot be read is not there.
    }
    return found
  }

  async function inDatabase(): Promise<readonly Kept[]> {
    try {
      const transaction = (await opened()).transaction(STORE, 'readonly')
      const all: unknown[] = await resultOf(transaction.objectStore(STORE).getAll())
      return all.filter(isKept)
    } catch {
      return []
    }
  }

  async function takeOver(chatId: string, userId: string): Promise<readonly UnsentMessage[]> {
    const reading = Symbol(chatId)
    readings.set(chatId, reading)
    return lease.exclusively(async (isDead) => {
      const byId = new Map<string, Kept>()
      // A note is as new as what the database has, or newer.
      for (const kept of [...(await inDatabase()), ...notes()]) byId.set(kept.tempId, kept)
      // The chat was closed meanwhile, and opened again perhaps.
      if (readings.get(chatId) !== reading) return []
      // One that was written before we knew who we are is ours when it was written in this tab.
      const isOurs = ({ userId: writer, page }: Kept): boolean =>
        writer === userId || (writer === null && (page === lease.id || lease.wasHere(page)))
      const isFree = ({ page, tempId }: Kept): boolean => (page === lease.id ? !held.has(tempId) : isDead(page))
      const found = [...byId.values()]
        .filter((kept) => kept.chatId === chatId && isOurs(kept) && isFree(kept))
        .sort((a, b) => a.createdAt - b.createdAt || a.order - b.order)
      for (const kept of found) keep({ ...kept, userId, page: lease.id })
      return found.map(({ tempId, message, createdAt, error }) => ({
        tempId,
        message,
        createdAt,
        ...(error !== undefined && { error }),
      }))
    })
  }

  return {
    load: (chatId, userId) => (userId === null ? null : takeOver(chatId, userId).catch(() => [])),
    save(chatId, messages, userId) {
      const before = mine.get(chatId) ?? new Map<string, string>()
      const now = new Set(messages.map(({ tempId }) => tempId))
      for (const tempId of [...before.keys()]) if (!now.has(tempId)) forget(chatId, tempId)
      for (const unsent of messages) {
        const written = before.get(unsent.tempId)
        const known = written === undefined ? null : (JSON.parse(written) as Kept)
        order += 1
        const next: Kept = { ...unsent, chatId, userId, page: lease.id, order: known?.order ?? order }
        if (written !== JSON.stringify(next)) keep(next)
      }
    },
    release(chatId) {
      readings.delete(chatId)
      for (const tempId of mine.get(chatId)?.keys() ?? []) held.delete(tempId)
      mine.delete(chatId)
    },
  }
}

const STORE = 'messages'

function pageOf(name: string, parts: IndexedDbOutboxParts): Page {
  const key = parts.page ?? parts
  const ofPage = pages.get(key) ?? new Map<string, Page>()
  pages.set(key, ofPage)
  const known = ofPage.get(name)
  if (known !== undefined) return known
  const lease = createPageLease({
    name: `${name}.outbox`,
    locks: parts.locks,
    tab: parts.sessionStorage,
    ...(parts.until !== undefined && { until: parts.until }),
  })
  const page = { lease, held: new Set<string>() }
  ofPage.set(name, page)
  return page
}

function openDatabase(factory: IDBFactory | undefined, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (factory === undefined) throw new Error('There is no IndexedDB.')
    const request = factory.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'tempId' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('Another page holds an older database open.'))
  })
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function isKept(value: unknown): value is Kept {
  if (!isUnsentMessage(value)) return false
  const { chatId, page, order } = value as Partial<Kept>
  return typeof chatId === 'string' && typeof page === 'string' && typeof order === 'number'
}

/** What this browser lets a page use; each may be missing or forbidden. */
function browserParts(): IndexedDbOutboxParts {
  const allowed = <T>(get: () => T): T | undefined => {
    try {
      return get()
    } catch {
      return undefined
    }
  }
  return {
    indexedDB: allowed(() => globalThis.indexedDB),
    locks: allowed(() => globalThis.navigator?.locks),
    localStorage: allowed(() => globalThis.localStorage),
    sessionStorage: allowed(() => globalThis.sessionStorage),
    page: globalThis,
  }
}
