import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { spawnServer } from '@parley/testkit'
import { openBrowser } from '@parley/testkit/browser'
import { findFreePort } from '@parley/testkit/services'
import type { Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  chooseInRoomMenu,
  createRoom,
  expectNoComplaints,
  joinRoom,
  message,
  openActions,
  openSite,
  type Site,
  say,
  shownTexts,
} from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterEach(() => site.everybodyLeaves())
afterAll(() => site[Symbol.asyncDispose]())

describe('when the line is not what it should be', () => {
  it('what is written offline waits, and goes out once and in order', async () => {
    const ann = await site.newPerson()
    const bob = await site.newPerson()
    const link = await createRoom(ann, site.server.url)
    await joinRoom(bob, link, 'Bob')
    await say(ann, 'line 0')
    await message(bob, 'line 0').waitFor()
    await ann.context.setOffline(true)
    await ann.page.getByText('You are offline').first().waitFor()
    for (const number of [1, 2, 3]) await say(ann, `line ${number}`)
    for (const number of [1, 2, 3]) {
      await message(ann, `line ${number}`).getByText('Waiting to be sent', { exact: true }).waitFor()
    }
    await say(bob, 'line from Bob')
    expect(await message(bob, 'line 1').count()).toBe(0)
    await ann.context.setOffline(false)
    await message(bob, 'line 3').waitFor()
    const everything = ['line 0', 'line from Bob', 'line 1', 'line 2', 'line 3']
    for (const person of [ann, bob]) {
      await expect.poll(() => shownTexts(person, /line (\d|from Bob)/)).toEqual(everything)
    }
    await ann.page.getByText('Waiting to be sent').first().waitFor({ state: 'detached' })
  })

  it('what a message was changed to and could not be sent is given back', async () => {
    const ann = await site.newPerson()
    const bob = await site.newPerson()
    const link = await createRoom(ann, site.server.url)
    await joinRoom(bob, link, 'Bob')
    for (const text of ['First word', 'Second word']) {
      await say(ann, text)
      await message(bob, text).waitFor()
    }
    await ann.context.setOffline(true)
    await ann.page.getByText('You are offline').first().waitFor()
    const change = ann.page.getByLabel('Change your message')
    for (const text of ['First word', 'Second word']) {
      await openActions(ann, text)
      await ann.page.getByRole('menuitem', { name: 'Edit' }).click()
      await change.fill(`${text}, better`)
      await change.press('Enter')
    }
    // The first comes back to where it was written, the second waits: something else is written there by then.
    await change.waitFor()
    expect(await change.inputValue()).toBe('First word, better')
    const again = ann.page.getByRole('button', { name: 'Try again', exact: true })
    await again.waitFor()
    // What is told in passing leaves what goes on to be read.
    const words = 'What you write waits here and goes out when your device is back online.'
    const edge = async (shown: Locator, of: 'top' | 'bottom') =>
      shown.evaluate((element, edge) => element.getBoundingClientRect()[edge], of)
    await expect
      .poll(async () => (await edge(again, 'top')) - (await edge(ann.page.getByText(words), 'bottom')))
      .toBeGreaterThan(0)
    await ann.context.setOffline(false)
    await ann.page.getByText('You are offline').first().waitFor({ state: 'detached' })
    await again.click()
    await message(bob, 'Second word, better').waitFor()
    expect(await change.inputValue()).toBe('First word, better')
    await change.press('Enter')
    await message(bob, 'First word, better').waitFor()
  })

  it('a message that was refused is said to whoever can’t see it', async () => {
    const ann = await site.newPerson()
    let isRefusing = false
    await ann.page.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((frame) => {
        const sent = typeof frame === 'string' && isRefusing && frame.includes('"message:')
        server.send(sent ? frame.replace(/"encryptedContent":"[^"]*"/, '"encryptedContent":""') : frame)
      })
    })
    await createRoom(ann, site.server.url)
    isRefusing = true
    await say(ann, 'Anybody?')
    await message(ann, 'Anybody?')
      .getByText(/^Not sent\. /)
      .waitFor()
    await ann.page
      .locator('[aria-live="polite"].sr-only')
      .getByText(/^Not sent\. /)
      .waitFor({ state: 'attached' })
  })

  it('says in words that the server restarts, and what became of the room', async () => {
    await using stack = new AsyncDisposableStack()
    const browser = stack.use(await openBrowser())
    const env = { NODE_ENV: 'test', JWT_SECRET: randomBytes(36).toString('base64'), PORT: String(await findFreePort()) }
    const first = await spawnServer(env)
    const ann = await browser.newPerson()
    await createRoom(ann, first.url)
    await say(ann, 'Before the restart')
    await message(ann, 'Before the restart').waitFor()
    await first.stop()
    await ann.page.getByText('The server is restarting', { exact: true }).waitFor()
    stack.use(await spawnServer(env))
    // The room was kept in memory: it went with the server, and that is said.
    await ann.page.getByRole('heading', { name: 'The room could not be opened' }).waitFor()
    await ann.page.getByText('The room does not exist any more.', { exact: true }).waitFor()
  })

  it('gives the conversation to take along, as text and as data', async () => {
    const ann = await site.newPerson()
    await createRoom(ann, site.server.url, { name: 'To keep' })
    await say(ann, 'First words')
    await message(ann, 'First words').waitFor()
    for (const [choice, ending] of [
      ['As text', '.txt'],
      ['As JSON', '.json'],
    ] as const) {
      await chooseInRoomMenu(ann, 'Export conversation')
      const download = ann.page.waitForEvent('download')
      await ann.page.getByRole('button', { name: choice }).click()
      const file = await download
      expect(file.suggestedFilename()).toMatch(new RegExp(`${ending.replace('.', '\\.')}$`))
      const content = await readFile(await file.path(), 'utf8')
      expect(content).toContain('First words')
      if (ending === '.json') expect(() => JSON.parse(content)).not.toThrow()
      await ann.page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    expectNoComplaints(ann)
  })
})
