import { IDBFactory } from 'fake-indexeddb'
import { describe, expect, test } from 'vitest'
import { createIndexedDbOutbox, type IndexedDbOutboxParts } from './indexed-db-outbox.ts'
import { createRandom } from './testing/random.ts'
import type { OutboxStorage, UnsentMessage } from './types.ts'

function createStorage(): Storage {
  const items = new Map<string, string>()
  return {
    get length() {
      return items.size
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  }
}

let browsers = 0
/** A browser with tabs whose pages come and go. Its locks are the runtime's own, under names of its own. */
function createBrowser(overrides: Partial<IndexedDbOutboxParts> = {}) {
  browsers += 1
  const name = `test-${browsers}`
  const indexedDB = new IDBFactory()
  const localStorage = createStorage()
  return {
    indexedDB,
    localStorage,
    openTab() {
      const sessionStorage = createStorage()
      return {
        sessionStorage,
        /** A page in this tab; `die` is the moment at which the browser forgets it. */
        openPage(): { readonly storage: OutboxStorage; another(): OutboxStorage; die(): void } {
          const life = Promise.withResolvers<void>()
          const own = { locks: navigator.locks, until: life.promise, page: {} }
          const parts = { indexedDB, localStorage, sessionStorage, ...own, ...overrides }
          return {
            storage: createIndexedDbOutbox({ name }, parts),
            another: () => createIndexedDbOutbox({ name }, parts),
            die: () => life.resolve(),
          }
        },
      }
    },
  }
}

const unsent = (tempId: string, createdAt = 1): UnsentMessage => ({ tempId, message: { content: tempId }, createdAt })
const load = async (storage: OutboxStorage, userId = 'ada', chatId = 'c1'): Promise<string[]> =>
  ((await storage.load(chatId, userId)) ?? []).map(({ tempId }) => tempId)

/** An IndexedDB whose writes never end: the page dies before they do. */
const stuck = { open: () => ({}) } as unknown as IDBFactory

describe('an outbox in IndexedDB', () => {
  test('keeps what was queued from the moment that it was, though the page dies at once', async () => {
    const browser = createBrowser({ indexedDB: stuck })
    const tab = browser.openTab()
    const page = tab.openPage()
    page.storage.save('c1', [unsent('a'), unsent('b')], 'ada')
    page.die()
    expect(browser.localStorage.length).toBe(2)
    const next = createBrowserOn(browser, tab.sessionStorage)
    expect(await load(next)).toEqual(['a', 'b'])
  })

  /** The next page of that browser, whose database works again. */
  function createBrowserOn({ localStorage }: { localStorage: Storage }, sessionStorage: Storage): OutboxStorage {
    const parts = { indexedDB: new IDBFactory(), localStorage, sessionStorage, locks: navigator.locks }
    return createIndexedDbOutbox({ name: `test-${browsers}` }, parts)
  }

  test('strikes its notes when the database has the messages, and forgets what was sent', async () => {
    const browser = createBrowser()
    const tab = browser.openTab()
    const page = tab.openPage()
    page.storage.save('c1', [unsent('a'), unsent('b')], 'ada')
    await expect.poll(() => browser.localStorage.length).toBe(0)
    page.storage.save('c1', [unsent('b')], 'ada')
    page.die()
    expect(await load(tab.openPage().storage)).toEqual(['b'])
  })

  test('keeps the order, and why one was refused', async () => {
    const browser = createBrowser()
    const tab = browser.openTab()
    const page = tab.openPage()
    const refused = { ...unsent('a', 5), error: { code: 'FORBIDDEN' as const, message: 'no' } }
    page.storage.save('c1', [refused, unsent('b', 5), unsent('c', 5)], 'ada')
    page.storage.save('c2', [unsent('elsewhere')], 'ada')
    page.die()
    const next = tab.openPage()
    expect(await next.storage.load('c1', 'ada')).toEqual([refused, unsent('b', 5), unsent('c', 5)])
    expect(await load(next.storage, 'ada', 'c2')).toEqual(['elsewhere'])
  })

  test('leaves alone what another tab is about to send, and takes it over when that tab is gone', async () => {
    const browser = createBrowser()
    const first = browser.openTab().openPage()
    first.storage.save('c1', [unsent('a')], 'ada')
    expect(await load(browser.openTab().openPage().storage)).toEqual([])
    first.die()
    const [one, another] = [browser.openTab().openPage(), browser.openTab().openPage()]
    const found = await Promise.all([load(one.storage), load(another.storage)])
    expect(found.flat()).toEqual(['a'])
  })

  test('a duplicated tab does not take what the one that lives still shows', async () => {
    const browser = createBrowser()
    const tab = browser.openTab()
    tab.openPage().storage.save('c1', [unsent('a')], 'ada')
    expect(await load(tab.openPage().storage)).toEqual([])
  })

  test('never gives one person’s messages to another, and waits until it is known who asks', async () => {
    const browser = createBrowser()
    const tab = browser.openTab()
    const page = tab.openPage()
    page.storage.save('c1', [unsent('a')], 'ada')
    page.die()
    const next = tab.openPage()
    expect(next.storage.load('c1', null)).toBeNull()
    expect(await load(next.storage, 'bo')).toEqual([])
    expect(await load(next.storage, 'ada')).toEqual(['a'])
  })

  test('what was written before it was known who we are comes back in the same tab alone', async () => {
    const { storage, another } = createBrowser().openTab().openPage()
    storage.save('c1', [unsent('a')], null)
    storage.release?.('c1')
    expect(await load(another())).toEqual(['a'])

    const browser = createBrowser()
    const tab = browser.openTab()
    const page = tab.openPage()
    page.storage.save('c1', [unsent('a')], null)
    page.die()
    tab.openPage().die()
    expect(await load(browser.openTab().openPage().storage)).toEqual([])
    expect(await load(tab.openPage().storage)).toEqual(['a'])
  })

  test('a chat that is closed and opened again in the same page finds what was not sent, once', async () => {
    const { storage } = createBrowser().openTab().openPage()
    storage.save('c1', [unsent('a', 1), unsent('b', 2)], 'ada')
    storage.save('c2', [unsent('elsewhere')], 'ada')
    storage.release?.('c1')
    expect(await load(storage)).toEqual(['a', 'b'])
    expect(await load(storage)).toEqual([])
    storage.save('c1', [unsent('b', 2)], 'ada')
    storage.release?.('c1')
    expect(await load(storage)).toEqual(['b'])
    expect(await load(storage, 'ada', 'c2')).toEqual([])
  })

  test('so does one that is closed while it is read what an earlier page left', async () => {
    const tab = createBrowser().openTab()
    const page = tab.openPage()
    page.storage.save('c1', [unsent('a')], 'ada')
    page.die()
    const { storage, another } = tab.openPage()
    const first = load(storage)
    storage.release?.('c1')
    const second = load(storage)
    storage.release?.('c1')
    const last = load(another())
    expect(await Promise.all([first, second, last])).toEqual([[], [], ['a']])
  })

  test('another outbox of the page leaves alone what an open chat shows, and has it when that is closed', async () => {
    const { storage, another } = createBrowser().openTab().openPage()
    const other = another()
    storage.save('c1', [unsent('a'), unsent('sent')], 'ada')
    expect(await load(other)).toEqual([])
    storage.save('c1', [unsent('a')], 'ada')
    storage.release?.('c1')
    expect(await load(other, 'bo')).toEqual([])
    expect(await load(other)).toEqual(['a'])
    expect(await load(storage)).toEqual([])
  })

  test.each([
    ['no IndexedDB', { indexedDB: undefined }],
    ['no locks', { locks: undefined }],
    ['no localStorage', { localStorage: undefined }],
  ])('works with %s', async (_what, missing) => {
    const browser = createBrowser(missing)
    const tab = browser.openTab()
    const page = tab.openPage()
    page.storage.save('c1', [unsent('a')], 'ada')
    page.die()
    // Without notes it is there as soon as the database has it.
    await expect.poll(() => load(tab.openPage().storage)).toEqual(['a'])
  })

  test('nothing at all is no obstacle', async () => {
    const nothing = { indexedDB: undefined, locks: undefined, localStorage: undefined, sessionStorage: undefined }
    const page = createBrowser(nothing).openTab().openPage()
    page.storage.save('c1', [unsent('a')], 'ada')
    expect(await load(page.storage)).toEqual([])
  })

  test('over reloads and closed chats at any moment no message is lost, doubled or out of order', async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = createRandom(seed)
      const browser = createBrowser()
      const tab = browser.openTab()
      const sent: string[] = []
      let count = 0
      let page = tab.openPage()
      let queued: UnsentMessage[] = []
      for (let step = 0; step < 40; step += 1) {
        const dice = random()
        if (dice < 0.5) {
          count += 1
          queued = [...queued, unsent(`m${count}`, count)]
          page.storage.save('c1', queued, 'ada')
        } else if (dice < 0.75) {
          const [first, ...rest] = queued
          if (first !== undefined) sent.push(first.tempId)
          queued = rest
          page.storage.save('c1', queued, 'ada')
        } else if (dice < 0.85) await new Promise((resolve) => setImmediate(resolve))
        else {
          if (dice < 0.92) page.storage.release?.('c1')
          else {
            page.die()
            page = tab.openPage()
          }
          const found = await page.storage.load('c1', 'ada')
          // One that was sent just before may be back: it is sent again under its id, and shown once.
          queued = [...(found ?? [])]
          const missing = queued.filter(({ tempId }) => !sent.includes(tempId)).map(({ tempId }) => tempId)
          const expected = Array.from({ length: count }, (_, index) => `m${index + 1}`).filter(
            (tempId) => !sent.includes(tempId),
          )
          expect(missing, `seed ${seed}`).toEqual(expected)
          expect(
            queued.map(({ createdAt }) => createdAt),
            `seed ${seed}: in order`,
          ).toEqual(queued.map(({ createdAt }) => createdAt).sort((a, b) => a - b))
        }
      }
    }
  })
})
