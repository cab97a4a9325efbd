import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, WHILE_A_MENU_IS_OPEN } from './expect-accessible.ts'
import {
  callCard,
  chatWith,
  composer,
  type Harbour,
  message,
  openConversation,
  openHarbour,
  row,
  say,
  sayByButton,
  signInAs,
  transport,
} from './harbour.ts'

let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
})
afterEach(() => harbour.everybodyLeaves())
afterAll(() => harbour[Symbol.asyncDispose]())

/** Each in the light theme and in the dark one. */
const DEVICES = ['desktop', 'phone'] as const

describe.each(DEVICES)('axe finds nothing (%s)', (device) => {
  it('at the door, in the list, in a conversation, and in what floats over it', async () => {
    const chidi = await harbour.newPerson({ device })
    await chidi.page.goto(`${harbour.url}/login?wrong`)
    await expectAccessible(chidi, 'sign-in')
    await signInAs(chidi, harbour.url, 'chidi')
    const ben = await harbour.signIn('ben')
    await row(chidi, 'Harbour crew').waitFor()
    await expectAccessible(chidi, 'list')
    await openConversation(ben, 'Harbour crew')
    await openConversation(chidi, 'Harbour crew')
    await say(ben, 'See https://example.org')
    await message(chidi, 'example.org').last().waitFor()
    const seen = `Seen on a ${device}`
    await sayByButton(chidi, seen)
    await message(ben, seen).getByRole('button', { name: 'Actions' }).click()
    await ben.page.getByRole('button', { name: 'React with 👍' }).click()
    await message(chidi, seen).getByRole('button', { name: /👍/ }).waitFor()
    await expectAccessible(chidi, 'conversation')

    await message(chidi, seen).getByRole('button', { name: 'Actions' }).click()
    await expectAccessible(chidi, 'actions', WHILE_A_MENU_IS_OPEN)
    await chidi.page.keyboard.press('Escape')
    if (device === 'phone') await chidi.page.getByRole('button', { name: 'Back to the conversations' }).click()
    for (const name of ['You', /^Notifications/]) {
      await chidi.page.getByRole('button', { name, exact: true }).click()
      await expectAccessible(chidi, `menu ${name}`, WHILE_A_MENU_IS_OPEN)
      await chidi.page.keyboard.press('Escape')
    }
    await chidi.page.getByRole('button', { name: 'New chat' }).click()
    await chidi.page.getByRole('dialog').getByRole('checkbox').first().check()
    await chidi.page.getByRole('dialog').getByRole('checkbox').last().check()
    await expectAccessible(chidi, 'new chat')
    await chidi.page.keyboard.press('Escape')

    await chatWith(ben, 'Chidi Sato')
    await row(chidi, 'Ben Okafor').waitFor()
    await ben.page.getByRole('button', { name: 'Call Chidi', exact: true }).click()
    await callCard(chidi).getByText('is calling you').waitFor()
    await expectAccessible(chidi, 'ringing')
    await callCard(chidi).getByRole('button', { name: 'Decline Ben’s call', exact: true }).click()
    await chidi.context.setOffline(true)
    await transport(chidi)
      .getByText(/^Offline/)
      .waitFor()
    await expectAccessible(chidi, 'offline')
  })
})

describe('by keyboard alone', () => {
  it('one signs in, starts a chat, writes, changes and goes', async () => {
    const { page } = await harbour.newPerson()
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement as HTMLInputElement | null
        return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? ''
      })
    const tabTo = async (name: RegExp): Promise<void> => {
      const trail: string[] = []
      for (let steps = 0; steps < 40; steps++) {
        trail.push(await focused())
        if (name.test((await focused()).trim())) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`Tab never came to ${name}, but to ${trail.join(' | ')}`)
    }
    await page.goto(`${harbour.url}/login`)
    await tabTo(/^Who you are/)
    await page.keyboard.type('Emil')
    await tabTo(/^Password/)
    await page.keyboard.type('demo')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'New chat' }).waitFor()
    await tabTo(/^New chat$/)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(/Dana Haddad/)
    await page.keyboard.press('Space')
    await tabTo(/^Start$/)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Dana Haddad' }).waitFor()
    await composer({ page }).waitFor()
    await tabTo(/^Your message$/)
    await page.keyboard.type('Typed')
    await page.keyboard.press('Enter')
    await message({ page }, 'Typed').getByRole('img', { name: 'Sent', exact: true }).waitFor()
    // With nothing written, up changes the last message.
    await page.keyboard.press('ArrowUp')
    await expect.poll(() => page.getByLabel('Change your message').inputValue()).toBe('Typed')
    await page.keyboard.press('End')
    await page.keyboard.type(' and corrected')
    await page.keyboard.press('Enter')
    await message({ page }, 'Typed and corrected').waitFor()
    await tabTo(/^You$/)
    await page.keyboard.press('Enter')
    await tabTo(/^Sign out$/)
    await page.keyboard.press('Enter')
    await page.getByLabel('Who you are').waitFor()
  })
})
