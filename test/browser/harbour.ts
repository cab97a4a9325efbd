import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedServer, spawnServer } from '@parley/testkit'
import { type BrowserBuild, openBrowser, type Person, type PersonOptions } from '@parley/testkit/browser'
import { findFreePort } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import type { Locator } from 'playwright-core'
import { createSite } from '../../examples/site/server/site.js'
import { type BlockableProxy, openBlockableProxy } from '../clients/blockable-proxy.ts'

/** The example site as it stands in the world: a socket server, an API process beside it, and the site itself. */
export interface Harbour extends AsyncDisposable {
  readonly url: string
  /** Between the browsers and the socket server. */
  readonly network: BlockableProxy
  /** A person with a browser of their own. */
  signIn(userId: string, options?: PersonOptions): Promise<Person>
  /** One more device of somebody. */
  newPerson(options?: PersonOptions): Promise<Person>
  /** Closes every page. */
  everybodyLeaves(): Promise<void>
  /** Ends the socket server as a crash does; the API process lives on. */
  killSockets(): Promise<void>
  /** Does nothing when it runs. */
  startSockets(): Promise<void>
  /** Puts somebody out of a conversation, or takes them in, as the site does. */
  setMember(conversationId: string, userId: string, isMember: boolean): Promise<void>
  /** What the server holds, in its order. */
  history(conversationId: string, userId: string): Promise<readonly string[]>
}

export async function openHarbour(build: BrowserBuild = 'shell'): Promise<Harbour> {
  await using stack = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-harbour-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  const jwtSecret = randomBytes(36).toString('base64')
  const apiKey = randomBytes(24).toString('base64url')
  const [socketPort, sitePort] = [await findFreePort(), await findFreePort()]
  const siteUrl = `http://127.0.0.1:${sitePort}`
  const common = { NODE_ENV: 'test', JWT_SECRET: jwtSecret, API_KEY: apiKey, DATA_DIR: dataDir, RATE_LIMITS: 'off' }

  let sockets: SpawnedServer | null = null
  const startSockets = async (): Promise<void> => {
    sockets ??= await spawnServer({ ...common, PORT: String(socketPort), CORS_ORIGINS: siteUrl })
  }
  stack.defer(async () => void (await sockets?.stop()))
  await startSockets()
  const api = stack.use(await spawnServer({ ...common, ROLE: 'api' }))
  const network = stack.use(await openBlockableProxy(`http://127.0.0.1:${socketPort}`))
  const site = createSite({
    jwtSecret,
    apiKey,
    sessionSecret: randomBytes(32).toString('base64'),
    socketUrl: network.url,
    apiUrl: api.url,
  })
  site.listen(sitePort, '127.0.0.1')
  await once(site, 'listening')
  if ((site.address() as AddressInfo).port !== sitePort) throw new Error('The site got another port')
  stack.defer(() => {
    site.close()
    site.closeAllConnections()
  })
  const browser = stack.use(await openBrowser(build))

  const people: Person[] = []
  const newPerson = async (options?: PersonOptions): Promise<Person> => {
    const person = await browser.newPerson(options)
    people.push(person)
    return person
  }
  const opened = stack.move()
  return {
    url: siteUrl,
    network,
    newPerson,
    async everybodyLeaves() {
      await Promise.all(people.splice(0).map(({ context }) => context.close()))
    },
    async signIn(userId, options) {
      const person = await newPerson(options)
      await signInAs(person, siteUrl, userId)
      return person
    },
    async killSockets() {
      await sockets?.stop('SIGKILL')
      sockets = null
    },
    startSockets,
    async setMember(conversationId, userId, isMember) {
      const response = await fetch(`${api.url}/api/conversations/${encodeURIComponent(conversationId)}/members`, {
        method: isMember ? 'POST' : 'DELETE',
        headers: { 'Content-Type': 'application/json', 'X-Api-Key': apiKey },
        body: JSON.stringify({ userId }),
      })
      if (!response.ok) throw new Error(`members answers ${response.status}: ${await response.text()}`)
    },
    async history(conversationId, userId) {
      const url = `${api.url}/api/conversations/${encodeURIComponent(conversationId)}/messages?limit=100`
      const headers = { Authorization: `Bearer ${signSiteToken(jwtSecret, userId)}` }
      const response = await fetch(url, { headers })
      if (!response.ok) throw new Error(`history answers ${response.status}`)
      const { messages } = (await response.json()) as { messages: { text: string }[] }
      return messages.map(({ text }) => text)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

export async function signInAs({ page }: Person, url: string, userId: string): Promise<void> {
  await page.goto(`${url}/login`)
  await page.getByLabel('Who you are').selectOption(userId)
  await page.getByLabel('Password').fill('demo')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Harbour' }).waitFor()
}

type At = Pick<Person, 'page'>

export const transport = ({ page }: At): Locator => page.locator('#transport')
export const row = ({ page }: At, title: string): Locator =>
  page.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: title })
export const composer = ({ page }: At): Locator => page.getByLabel('Your message', { exact: true })
export const message = ({ page }: At, text: string | RegExp): Locator =>
  page.locator('#messages').getByRole('listitem').filter({ hasText: text })
export const tick = (person: At, text: string, label: string): Locator =>
  message(person, text).getByRole('img', { name: label, exact: true })
export const callCard = ({ page }: At): Locator => page.getByRole('region', { name: 'Call' })

export async function openConversation(person: At, title: string): Promise<void> {
  await row(person, title).click()
  await person.page.getByRole('heading', { level: 2, name: title }).waitFor()
}

/** Starts a direct chat, or opens the one that there is. */
export async function chatWith({ page }: At, ...names: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: 'New chat' }).click()
  for (const name of names) await page.getByRole('dialog').getByRole('checkbox', { name }).check()
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click()
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await composer({ page }).waitFor()
}

export async function say(person: At, text: string): Promise<void> {
  await composer(person).fill(text)
  await composer(person).press('Enter')
}

/** Every text in the open conversation, from top to bottom. */
export const shownTexts = ({ page }: At): Promise<string[]> => page.locator('#messages .text').allTextContents()

/** The open conversation's id. */
export const openId = ({ page }: At): string => decodeURIComponent(new URL(page.url()).hash.slice(1))

/** On a phone Enter makes a new line. */
export async function sayByButton(person: At, text: string): Promise<void> {
  await composer(person).fill(text)
  await person.page.getByRole('button', { name: 'Send', exact: true }).click()
}
