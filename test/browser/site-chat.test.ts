import type { Person } from '@parley/testkit/browser'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
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
  shownTexts,
  signInAs,
  tick,
  transport,
} from './harbour.ts'
import { expectNoComplaints } from './site.ts'

let harbour: Harbour
beforeAll(async () => {
  // Calls ask for the microphone.
  harbour = await openHarbour('whole')
})
afterEach(() => harbour.everybodyLeaves())
afterAll(() => harbour[Symbol.asyncDispose]())

const CREW = 'Harbour crew'

/** Resolves when the page shows that the other side speaks: the browser's microphone beeps now and then. */
const untilHeard = (person: Person): Promise<void> => callCard(person).locator('[data-speaking=true]').waitFor()
/** How many pictures are moving. */
const moving = (person: Person): Promise<number> =>
  callCard(person)
    .locator('video')
    .evaluateAll((screens: HTMLVideoElement[]) => screens.filter(({ videoWidth }) => videoWidth > 0).length)

describe('the chat page of a site', () => {
  it('lists the conversations that the site made, and says what an empty list wants', async () => {
    const ada = await harbour.signIn('ada')
    await row(ada, CREW).waitFor()
    await transport(ada).getByText('Live', { exact: true }).waitFor()
    const emil = await harbour.signIn('emil')
    await emil.page.getByText('No conversations yet').waitFor()
    expectNoComplaints(ada, emil)
  })

  it('turns the ticks from sent to delivered to read, and counts what is unread', async () => {
    const ada = await harbour.signIn('ada')
    await chatWith(ada, 'Dana Haddad')
    await say(ada, 'Is the mast up?')
    await tick(ada, 'mast', 'Sent').waitFor()
    const dana = await harbour.signIn('dana')
    // Her page is open, the conversation is not.
    await row(dana, 'Ada Lindgren').getByText('1 unread').waitFor({ state: 'attached' })
    await tick(ada, 'mast', 'Delivered').waitFor()
    await expect.poll(() => dana.page.title()).toBe('(1) Harbour')
    await openConversation(dana, 'Ada Lindgren')
    await tick(ada, 'mast', 'Read').waitFor()
    await expect.poll(() => dana.page.title()).toBe('Harbour')

    // She looks elsewhere while Ada writes, and sees it above what she has written herself.
    await dana.page.evaluate(() => Object.assign(document, { hasFocus: () => false }))
    await say(ada, 'And the boom?')
    await message(dana, 'And the boom?').waitFor()
    await say(dana, 'Up since noon')
    await message(ada, 'Up since noon').waitFor()
    await dana.page.evaluate(() => {
      Object.assign(document, { hasFocus: () => true })
      dispatchEvent(new Event('focus'))
    })
    await tick(ada, 'And the boom?', 'Read').waitFor()
    await expect.poll(() => row(dana, 'Ada Lindgren').getByText('unread').count()).toBe(0)
  })

  it('shows in a group who types, who reacts, and what was changed or deleted', async () => {
    const ada = await harbour.signIn('ada')
    const ben = await harbour.signIn('ben')
    const chidi = await harbour.signIn('chidi')
    for (const person of [ada, ben, chidi]) await openConversation(person, CREW)
    // It is shown for some seconds alone.
    await Promise.all([ada.page.getByText('Ben is typing…').waitFor(), composer(ben).pressSequentially('The tide')])
    await composer(ben).press('Enter')
    await ada.page.getByText('Ben is typing…').waitFor({ state: 'detached' })
    for (const person of [ada, chidi]) await message(person, 'The tide').waitFor()
    await tick(ben, 'The tide', 'Read').waitFor()

    await message(ada, 'The tide').getByRole('button', { name: 'Actions' }).click()
    await ada.page.getByRole('button', { name: 'React with 👍' }).click()
    await message(chidi, 'The tide').getByRole('button', { name: '👍 1 by Ada' }).click()
    await message(ben, 'The tide').getByRole('button', { name: '👍 2 by Ada and Chidi' }).waitFor()
    await message(chidi, 'The tide').getByRole('button', { name: '👍 2 by Ada and You' }).click()
    await message(ben, 'The tide').getByRole('button', { name: '👍 1 by Ada', exact: true }).waitFor()

    await message(ben, 'The tide').getByRole('button', { name: 'Actions' }).click()
    await ben.page.getByRole('button', { name: 'Change' }).click()
    await ben.page.getByLabel('Change your message').fill('The tide turns')
    await ben.page.getByLabel('Change your message').press('Enter')
    await message(ada, 'The tide turns').getByText('changed').waitFor()
    await say(ben, 'Not this')
    await message(ada, 'Not this').waitFor()
    await message(ben, 'Not this').getByRole('button', { name: 'Actions' }).click()
    await ben.page.getByRole('button', { name: 'Delete' }).click()
    await message(ada, 'Message deleted').waitFor()
    await expect.poll(() => shownTexts(chidi)).toEqual(['The tide turns', 'Message deleted'])
    expectNoComplaints(ada, ben, chidi)
  })

  it('keeps the words of a change that could not be made, also while another conversation is open', async () => {
    const ada = await harbour.signIn('ada')
    await openConversation(ada, CREW)
    await say(ada, 'The mast')
    await tick(ada, 'The mast', 'Sent').waitFor()
    await message(ada, 'The mast').getByRole('button', { name: 'Actions' }).click()
    await ada.page.getByRole('button', { name: 'Change' }).click()
    await ada.context.setOffline(true)
    const field = ada.page.getByLabel('Change your message')
    await field.fill('The mast is up')
    await field.press('Enter')
    await ada.page.getByText('Your words are still in the field').waitFor()
    expect(await field.inputValue()).toBe('The mast is up')

    await ada.context.setOffline(false)
    await transport(ada).getByText('Live', { exact: true }).waitFor()
    await chatWith(ada, 'Ben Okafor')
    expect(await composer(ada).inputValue()).toBe('')
    await openConversation(ada, CREW)
    expect(await field.inputValue()).toBe('The mast is up')
    await field.press('Enter')
    await message(ada, 'The mast is up').getByText('changed').waitFor()
    await expect.poll(() => composer(ada).inputValue()).toBe('')
  })

  it('opens a conversation again for whoever was put out and is taken in again, or came too early', async () => {
    const emil = await harbour.signIn('emil')
    await emil.page.goto(`${harbour.url}/#harbour-crew`)
    await emil.page.getByText('This conversation could not be opened').waitFor()
    const ada = await harbour.signIn('ada')
    await openConversation(ada, CREW)
    for (const words of ['Welcome', 'Welcome back']) {
      await harbour.setMember('harbour-crew', 'emil', true)
      await say(ada, words)
      await message(emil, words).waitFor()
      await say(emil, `Thanks for ${words}`)
      await message(ada, `Thanks for ${words}`).waitFor()
      await harbour.setMember('harbour-crew', 'emil', false)
      await row(emil, CREW).waitFor({ state: 'detached' })
    }
  })

  it('shows who is there by dots, and tells those who do not see them', async () => {
    const ada = await harbour.signIn('ada')
    const ben = await harbour.signIn('ben')
    await chatWith(ada, 'Ben Okafor')
    const shown = row(ada, 'Ben Okafor')
    await shown.locator('.dot[data-status=online]').waitFor()
    await ben.page.getByRole('button', { name: 'You', exact: true }).click()
    await ben.page.getByRole('radio', { name: 'Busy' }).click()
    await shown.locator('.dot[data-status=busy]').waitFor()
    await row(ada, 'Ben Okafor (Busy)').waitFor()
    await ben.context.close()
    await shown.locator('.dot[data-status=offline]').waitFor()
    await ada.page.getByText(/^Last seen at/).waitFor()
  })
})

describe('a call', () => {
  it('rings on both devices, is answered on one, and carries sound until somebody hangs up', async () => {
    const ada = await harbour.signIn('ada')
    const phone = await harbour.signIn('dana', { device: 'phone' })
    const desk = await harbour.newPerson()
    await signInAs(desk, harbour.url, 'dana')
    for (const { context } of [ada, desk]) await context.grantPermissions(['microphone'])
    await chatWith(ada, 'Dana Haddad')
    for (const { page } of [phone, desk]) await page.locator('#transport', { hasText: 'Live' }).waitFor()
    await ada.page.getByRole('button', { name: 'Call Dana', exact: true }).click()
    await callCard(ada).getByText('Ringing…').waitFor()
    for (const person of [phone, desk]) await callCard(person).getByText('is calling you').waitFor()
    // What a call has come to is shown for some seconds alone.
    await Promise.all([
      callCard(phone).getByText('Answered on another device').waitFor(),
      callCard(desk).getByRole('button', { name: 'Accept Ada’s call' }).click(),
    ])
    for (const person of [ada, desk])
      await callCard(person)
        .getByText(/^0:\d\d$/)
        .waitFor()
    for (const person of [ada, desk]) await untilHeard(person)
    await Promise.all([
      callCard(ada).getByText('Call ended').waitFor(),
      callCard(desk).getByRole('button', { name: 'Hang up' }).click(),
    ])
    await callCard(ada).waitFor({ state: 'hidden' })
  })

  it('with video is accepted with the camera or without, and shows those who send pictures', async () => {
    const ada = await harbour.signIn('ada')
    const ben = await harbour.signIn('ben', { device: 'phone' })
    for (const { context } of [ada, ben]) await context.grantPermissions(['microphone', 'camera'])
    await chatWith(ada, 'Ben Okafor')
    await ben.page.locator('#transport', { hasText: 'Live' }).waitFor()
    await ada.page.getByRole('button', { name: 'Call Ben with video' }).click()
    await callCard(ben).getByText('is calling you with video').waitFor()
    await callCard(ben).getByRole('button', { name: 'Accept Ada’s call without your camera' }).click()
    await expect.poll(() => moving(ada)).toBe(1)
    await expect.poll(() => moving(ben)).toBe(1)
    await callCard(ben).getByRole('button', { name: 'Your camera' }).click()
    await expect.poll(() => moving(ada)).toBe(2)
    await Promise.all([
      callCard(ben).getByText('Call ended').waitFor(),
      callCard(ada).getByRole('button', { name: 'Hang up' }).click(),
    ])
    expectNoComplaints(ada, ben)
  })

  it('is declined with a message, which is in the conversation', async () => {
    const ben = await harbour.signIn('ben')
    const chidi = await harbour.signIn('chidi')
    await chatWith(ben, 'Chidi Sato')
    await row(chidi, 'Ben Okafor').waitFor()
    await ben.page.getByRole('button', { name: 'Call Chidi', exact: true }).click()
    await callCard(chidi).getByRole('button', { name: 'Decline Ben’s call with a message' }).click()
    await Promise.all([
      callCard(ben).getByText('Declined').waitFor(),
      chidi.page.getByRole('button', { name: 'I’ll be there in a few minutes.' }).click(),
    ])
    await message(ben, 'I’ll be there in a few minutes.').waitFor()
  })

  it('that was declined or missed says so on both sides', async () => {
    const ben = await harbour.signIn('ben')
    const chidi = await harbour.signIn('chidi')
    await chatWith(ben, 'Chidi Sato')
    await row(chidi, 'Ben Okafor').waitFor()
    await ben.page.getByRole('button', { name: 'Call Chidi', exact: true }).click()
    await Promise.all([
      callCard(ben).getByText('Declined').waitFor(),
      callCard(chidi).getByRole('button', { name: 'Decline Ben’s call', exact: true }).click(),
    ])
    await callCard(ben).waitFor({ state: 'hidden' })

    await ben.page.getByRole('button', { name: 'Call Chidi', exact: true }).click()
    await callCard(chidi).getByText('is calling you').waitFor()
    await callCard(ben).getByRole('button', { name: 'Cancel the call' }).click()
    await openConversation(chidi, 'Ben Okafor')
    await chidi.page.getByText(/^Missed call from Ben, /).waitFor()
    await chidi.page.getByRole('button', { name: 'Call back' }).waitFor()
    await chidi.page.getByRole('button', { name: /^Notifications, \d+ new$/ }).click()
    await chidi.page.getByRole('button', { name: 'Missed call from Ben Okafor' }).waitFor()
    await chidi.page.getByRole('button', { name: 'Clear all' }).click()
    await chidi.page.getByRole('button', { name: 'Notifications', exact: true }).waitFor()
  })
})
