import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startServer, type TestServer } from '@parley/testkit'
import { type BrowserBuild, openBrowser, type Person, type PersonOptions } from '@parley/testkit/browser'
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { createRestClient, type RestClient } from '../clients/rest-client.ts'

const BUILT_PAGE = join(import.meta.dirname, '../../packages/web/dist/index.html')

/** A server with the built web app, and people with browsers. */
export interface Site extends AsyncDisposable {
  readonly server: TestServer
  readonly rest: RestClient
  newPerson(options?: PersonOptions): Promise<Person>
  /** Closes every page: one that nobody looks at any more goes on taking from those that are. */
  everybodyLeaves(): Promise<void>
}

export async function openSite(
  config: Parameters<typeof startServer>[0] = {},
  parts: Parameters<typeof startServer>[1] = {},
  build: BrowserBuild = 'shell',
): Promise<Site> {
  if (!existsSync(BUILT_PAGE)) throw new Error('The web app is not built: run npm run build first')
  const stack = new AsyncDisposableStack()
  const server = stack.use(await startServer({ rateLimits: 'off', ...config }, parts))
  const browser = stack.use(await openBrowser(build))
  const people: Person[] = []
  return {
    server,
    rest: createRestClient(server.url),
    async newPerson(options) {
      const person = await browser.newPerson(options)
      people.push(person)
      return person
    },
    async everybodyLeaves() {
      await Promise.all(people.splice(0).map(({ context }) => context.close()))
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

export interface RoomWish {
  readonly name?: string
  readonly hostName?: string
  readonly password?: string
  readonly lobby?: boolean
}

/** Creates a room as a host does, from the landing page into the room. Gives the link. */
export async function createRoom({ page }: Person, url: string, wish: RoomWish = {}): Promise<string> {
  await page.goto(url)
  await page.getByRole('button', { name: 'Create a room' }).first().click()
  await page.getByLabel('Room name').fill(wish.name ?? 'Friday planning')
  await page.getByLabel('Your name').fill(wish.hostName ?? 'Ann')
  if (wish.password !== undefined) await page.getByRole('textbox', { name: /^Password/ }).fill(wish.password)
  if (wish.lobby === true) await page.getByRole('switch', { name: /^Lobby/ }).click()
  await page.getByRole('button', { name: 'Create room' }).click()
  const link = await page.getByLabel('Link to the room', { exact: true }).inputValue()
  await page.getByRole('button', { name: 'Enter the room' }).click()
  await composer({ page }).waitFor()
  return link
}

/** Opens the link and fills in the name; what comes next is the door's to say. */
export async function askToJoin({ page }: Person, link: string, name: string, password?: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Your name').fill(name)
  if (password !== undefined) await page.getByRole('textbox', { name: /^Password/ }).fill(password)
  await page.getByRole('button', { name: /^(Join|Ask to join)$/ }).click()
}

export async function joinRoom(person: Person, link: string, name: string, password?: string): Promise<void> {
  await askToJoin(person, link, name, password)
  await composer(person).waitFor()
}

type At = Pick<Person, 'page'>

export const composer = ({ page }: At): Locator => page.getByLabel('Your message', { exact: true })
export const message = ({ page }: At, text: string | RegExp): Locator =>
  page.getByRole('article').filter({ hasText: text })

export async function say(person: At, text: string): Promise<void> {
  await composer(person).fill(text)
  await composer(person).press('Enter')
}

/** On a phone Enter makes a new line. */
export async function sayByButton(person: At, text: string): Promise<void> {
  await composer(person).fill(text)
  await person.page.getByRole('button', { name: 'Send', exact: true }).click()
}

/** The texts of the messages shown, from top to bottom. */
export async function shownTexts({ page }: At, pattern: RegExp): Promise<string[]> {
  const articles = await page.getByRole('article').allTextContents()
  return articles.flatMap((text) => pattern.exec(text)?.[0] ?? [])
}

/** Opens what can be done with a message, as somebody with a mouse does. */
export async function openActions(person: At, text: string): Promise<void> {
  await message(person, text).hover()
  await message(person, text).getByRole('button', { name: 'Actions' }).click()
}

export async function chooseInRoomMenu({ page }: At, item: string): Promise<void> {
  await page.getByRole('button', { name: 'Room menu' }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

export function expectNoComplaints(...people: readonly Person[]): void {
  for (const { complaints } of people) expect(complaints).toEqual([])
}

/** Resolves when this has the focus. */
export const whenFocused = (element: Locator): Promise<void> =>
  expect.poll(() => element.evaluate((it) => it === document.activeElement)).toBe(true)

/** Resolves when what the page knows by now is on the screen. */
export async function whenPainted({ page }: At): Promise<void> {
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
}

/** Resolves when it stands still and has the focus: a key that comes before is still its opener's. */
export async function whenItStands(dialog: Locator): Promise<void> {
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
  await dialog.evaluate((element) => Promise.all(element.getAnimations().map(({ finished }) => finished)))
}
