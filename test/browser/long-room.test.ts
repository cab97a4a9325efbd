import type { Person } from '@parley/testkit/browser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRoomsClient } from '../clients/rooms-client.ts'
import { expectNoComplaints, joinRoom, message, openSite, type Site } from './site.ts'

const MESSAGES = 10_000
const MOST_ROWS_IN_PAGE = 150
const MOST_MOVE_PX = 4

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site[Symbol.asyncDispose]())

/** A room in which so much was said. */
async function fillRoom(count: number): Promise<string> {
  const { roomId, token } = await site.rest.createRoom()
  using client = await openRoomsClient(site.server.url, token)
  await client.ask('join_room', { roomId })
  for (let first = 1; first <= count; first += 500) {
    const numbers = Array.from({ length: Math.min(500, count - first + 1) }, (_, index) => first + index)
    await Promise.all(numbers.map((number) => client.ask('send_message', { text: `message ${number}.` })))
  }
  return roomId
}

/**
 * From the frame in which the list stands at its top: how far the rows on the screen move while older ones
 * come in above them, which of them were not there in some frame, and the number of the oldest one on the screen.
 */
function watchPlace({ page }: Person): Promise<{
  readonly moved: number
  readonly lost: readonly number[]
  readonly oldest: number
}> {
  return page.evaluate(async () => {
    const FRAMES_OF_REST = 30
    const feed = document.querySelector('[role=feed]')
    if (feed === null) throw new Error('there is no list of messages')
    // What the frame showed: its callbacks run before the list has measured what it shows.
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
    const places = () =>
      new Map(
        [...feed.querySelectorAll('article')].flatMap((row) => {
          const { top, bottom } = row.getBoundingClientRect()
          const number = /message (\d+)\./.exec(row.textContent ?? '')?.[1]
          return number !== undefined && bottom > 0 && top < innerHeight ? [[Number(number), top] as const] : []
        }),
      )
    const oldestOf = (shown: ReadonlyMap<number, number>) => Math.min(...shown.keys())
    let before = places()
    const oldestAtFirst = oldestOf(before)
    // The height in the last frame before the list was scrolled: until then it may still measure what it shows.
    let height = feed.scrollHeight
    for (;;) {
      await frame()
      if (oldestOf(places()) >= oldestAtFirst) height = feed.scrollHeight
      else if (feed.scrollTop <= 4 || feed.scrollHeight !== height) break
    }
    do {
      await frame()
      before = places()
    } while (before.size === 0)
    let moved = 0
    const lost = new Set<number>()
    for (let rest = 0; rest < FRAMES_OF_REST; rest++) {
      await frame()
      if (feed.getAttribute('aria-busy') === 'true') rest = 0
      const now = places()
      for (const [number, top] of before) {
        const topNow = now.get(number)
        if (topNow === undefined) lost.add(number)
        else moved = Math.max(moved, Math.abs(topNow - top))
      }
    }
    return { moved, lost: [...lost], oldest: oldestOf(places()) }
  })
}

/** So that rows move only when the list moves them: what was said just now comes in with a motion of its own. */
function stillness({ page }: Person): Promise<unknown> {
  return page.evaluate(() => {
    const still = new CSSStyleSheet()
    still.replaceSync('article { animation: none !important }')
    document.adoptedStyleSheets.push(still)
    return document.fonts.ready
  })
}

describe('a room with ten thousand messages', () => {
  it('keeps the page small, its place while older ones load, and the way back to the latest', async () => {
    const roomId = await fillRoom(MESSAGES)
    const bob = await site.newPerson({ device: 'phone' })
    await joinRoom(bob, `${site.server.url}/r/${roomId}`, 'Bob')
    await message(bob, `message ${MESSAGES}.`).waitFor()
    await stillness(bob)
    const rows = bob.page.getByRole('article')
    expect(await rows.count()).toBeLessThan(MOST_ROWS_IN_PAGE)

    let oldest = MESSAGES
    for (let round = 0; round < 15; round++) {
      const watched = watchPlace(bob)
      await bob.page.mouse.move(195, 420)
      await bob.page.mouse.wheel(0, -100_000)
      const seen = await watched
      expect(seen.moved, `pixels that rows moved while older ones were loaded before ${seen.oldest}`).toBeLessThan(
        MOST_MOVE_PX,
      )
      expect(seen.lost, 'rows that were not there for a moment').toEqual([])
      expect(await rows.count()).toBeLessThan(MOST_ROWS_IN_PAGE)
      oldest = Math.min(oldest, seen.oldest)
    }
    expect(oldest).toBeLessThan(MESSAGES - 300)
    await bob.page.getByRole('button', { name: /Jump to the latest message/ }).click()
    await message(bob, `message ${MESSAGES}.`).waitFor()
    expectNoComplaints(bob)
  })
})
