import type { Person, PersonOptions } from '@parley/testkit/browser'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, WHILE_A_MENU_IS_OPEN } from './expect-accessible.ts'
import { createRoom, expectNoComplaints, message, openSite, type Site, say } from './site.ts'

let site: Site
let room: HostedRoom
beforeAll(async () => {
  site = await openSite()
  room = await openHostedRoom()
})
afterEach(() => site.everybodyLeaves())
afterAll(() => site[Symbol.asyncDispose]())

/** A room with a little of everything, ready to be joined: REST made it, so its language is nobody's. */
async function busyRoom(): Promise<string> {
  const { roomId } = await site.rest.createRoom({ name: 'Planning', password: 'sesame' })
  return `${site.server.url}/r/${roomId}`
}

const SIZES = { desktop: { width: 1280, height: 720 }, phone: { width: 390, height: 844 } } as const

/** Each in the light theme and in the dark one. */
const LOOKS: readonly (readonly [string, PersonOptions])[] = [
  ['English', { device: 'desktop' }],
  ['Arabic, right to left', { device: 'phone', locale: 'ar' }],
]

/**
 * What is looked at comes in the size of a desktop and in that of a phone by turns, beginning with the one that the
 * person has: everything is seen in both sizes and both languages, and each language in each size.
 */
function takeTurns({ page }: Person, { device }: PersonOptions): () => Promise<void> {
  let isPhone = device === 'phone'
  return async () => {
    await page.setViewportSize(isPhone ? SIZES.phone : SIZES.desktop)
    isPhone = !isPhone
  }
}

/** What a host finds in the room's menu, in its order, and what opens a dialog: in every language. */
const HOST_MENU = [
  { name: 'copy link', opens: false },
  { name: 'invite', opens: true },
  { name: 'lock', opens: false },
  { name: 'extend', opens: true },
  { name: 'export', opens: true },
  { name: 'check devices', opens: true },
  { name: 'settings', opens: true },
  { name: 'shortcuts', opens: true },
  { name: 'leave', opens: true },
  { name: 'end', opens: true },
] as const

/** A room, and what the page of its host keeps: with that it is entered in every language. */
interface HostedRoom {
  readonly link: string
  readonly kept: readonly (readonly [string, string])[]
}

async function openHostedRoom(): Promise<HostedRoom> {
  const host = await site.newPerson()
  const link = await createRoom(host, site.server.url)
  await say(host, 'Hello *there*, see https://example.org')
  await message(host, 'Hello').getByText('Sent').waitFor({ state: 'attached' })
  const { origins } = await host.context.storageState()
  await site.everybodyLeaves()
  const kept = origins.flatMap(({ localStorage }) => localStorage.map(({ name, value }) => [name, value] as const))
  return { link, kept: kept.filter(([name]) => !/locale|language|theme/i.test(name)) }
}

/** Buttons by their place, so that they are found in every language. */
const dialogButton = ({ page }: Person) => page.getByRole('dialog').getByRole('button')

describe.each(LOOKS)('axe finds nothing (%s)', (_, look) => {
  it('on the landing page, its dialogs and the join page', async () => {
    const ann = await site.newPerson(look)
    const turn = takeTurns(ann, look)
    await turn()
    await ann.page.goto(site.server.url)
    await ann.page.getByRole('heading', { level: 1 }).waitFor()
    expect(await ann.page.locator('html').getAttribute('dir')).toBe(look.locale === 'ar' ? 'rtl' : 'ltr')
    await expectAccessible(ann, 'landing page')

    for (const number of [0, 1]) {
      await turn()
      await ann.page.getByRole('contentinfo').getByRole('button').nth(number).click()
      await ann.page.getByRole('dialog').waitFor()
      await expectAccessible(ann, `legal dialog ${number}`)
      await ann.page.keyboard.press('Escape')
      await ann.page.getByRole('dialog').waitFor({ state: 'detached' })
    }

    await turn()
    await ann.page.getByRole('main').getByRole('button').first().click()
    await ann.page.getByRole('dialog').waitFor()
    await expectAccessible(ann, 'create dialog')
    await turn()
    await dialogButton(ann).last().click()
    await ann.page.getByRole('dialog').locator('[aria-invalid=true]').first().waitFor()
    await expectAccessible(ann, 'create dialog with mistakes')

    await turn()
    await ann.page.goto(await busyRoom())
    await ann.page.getByRole('textbox').first().waitFor()
    await expectAccessible(ann, 'join page')
    await turn()
    await ann.page.goto(`${site.server.url}/r/0000-0000-0000`)
    await ann.page.getByRole('heading', { level: 1 }).waitFor()
    await expectAccessible(ann, 'unknown room')
    await turn()
    await ann.page.goto(`${site.server.url}/nothing/here`)
    await ann.page.getByRole('heading', { level: 1 }).waitFor()
    await expectAccessible(ann, 'no such page')
  })

  it('in a room, its menus and its dialogs', async () => {
    const ann = await site.newPerson(look)
    const turn = takeTurns(ann, look)
    await turn()
    const { link, kept } = room
    for (const [key, text] of kept) {
      await ann.context.addInitScript(
        ([origin, name, value]) => {
          if (location.origin === origin) localStorage.setItem(name ?? '', value ?? '')
        },
        [site.server.url, key, text],
      )
    }
    await ann.page.goto(link)
    await ann.page.getByRole('feed').waitFor()
    await message(ann, 'Hello').waitFor()
    await expectAccessible(ann, 'room')

    const menu = ann.page.locator('header [aria-haspopup=menu]').last()
    await turn()
    await menu.click()
    const items = ann.page.getByRole('menuitem')
    await items.first().waitFor()
    await expectAccessible(ann, 'room menu', WHILE_A_MENU_IS_OPEN)
    expect(await items.count()).toBe(HOST_MENU.length)
    await ann.page.keyboard.press('Escape')
    for (const [index, { name, opens }] of HOST_MENU.entries()) {
      if (!opens) continue
      await items.first().waitFor({ state: 'detached' })
      await turn()
      await menu.click()
      await items.nth(index).click()
      const dialog = ann.page.getByRole('dialog')
      await dialog.waitFor()
      await expectAccessible(ann, `dialog: ${name}`)
      await ann.page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'detached' })
    }
    expectNoComplaints(ann)
  })
})

describe('by keyboard alone', () => {
  it('a room is created, entered, talked in and left', async () => {
    const { page } = await site.newPerson()
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement
        return (
          element?.getAttribute('aria-label') ??
          (element as HTMLInputElement | null)?.labels?.[0]?.textContent ??
          element?.textContent ??
          ''
        )
      })
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let steps = 0; steps < 60; steps++) {
        if (name.test(await focused())) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`Tab never came to ${name}`)
    }
    await page.goto(site.server.url)
    await page.getByRole('button', { name: 'Create a room' }).first().waitFor()
    await tabTo(/^Create a room$/)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(/^Room name/)
    await page.keyboard.type('By keyboard')
    await tabTo(/^Your name/)
    await page.keyboard.type('Kim')
    await tabTo(/^Create room$/)
    await page.keyboard.press('Enter')
    await page.getByLabel('Link to the room', { exact: true }).waitFor()
    await tabTo(/^Enter the room$/)
    await page.keyboard.press('Enter')
    await page.getByRole('feed').waitFor()
    await tabTo(/^Your message$/)
    await page.keyboard.type('Typed')
    await page.keyboard.press('Enter')
    await message({ page }, 'Typed').waitFor()
    await message({ page }, 'Typed').getByText('Sent').waitFor({ state: 'attached' })
    // With nothing written, up edits the last message.
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => page.getByLabel('Change your message').inputValue()).toBe('Typed')
    await page.keyboard.press('End')
    await page.keyboard.type(' and corrected')
    await page.keyboard.press('Enter')
    await message({ page }, 'Typed and corrected').waitFor()
    await tabTo(/^Leave the room$/)
    await page.keyboard.press('Enter')
    await page.getByRole('alertdialog').or(page.getByRole('dialog')).waitFor()
    await tabTo(/^Leave$/)
    await page.keyboard.press('Enter')
    await page.getByText('You left the room').waitFor()
  })
})
