import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  askToJoin,
  composer,
  createRoom,
  expectNoComplaints,
  joinRoom,
  message,
  openActions,
  openSite,
  type Site,
  say,
  sayByButton,
} from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterEach(() => site.everybodyLeaves())
afterAll(() => site[Symbol.asyncDispose]())

describe('two people and a link', () => {
  it('meet, talk both ways, answer, react, correct and take back', async () => {
    const ann = await site.newPerson({ device: 'desktop' })
    const bob = await site.newPerson({ device: 'phone' })
    const link = await createRoom(ann, site.server.url)
    await joinRoom(bob, link, 'Bob')
    await ann.page.getByText('Bob joined').waitFor()

    // It is shown for some seconds alone.
    await Promise.all([ann.page.getByText('Bob is typing').first().waitFor(), composer(bob).pressSequentially('Hel')])
    await sayByButton(bob, 'Hello from the phone')
    await message(ann, 'Hello from the phone').waitFor()
    await ann.page.getByText('Bob is typing').first().waitFor({ state: 'hidden' })
    await say(ann, 'Hello from the desk')
    await message(bob, 'Hello from the desk').waitFor()

    await openActions(ann, 'Hello from the phone')
    await ann.page.getByRole('menuitem', { name: 'Reply' }).click()
    await say(ann, 'Good to hear you')
    const answer = message(bob, 'Good to hear you')
    await answer.getByText('Hello from the phone').waitFor()

    await message(ann, 'Hello from the phone').first().hover()
    await message(ann, 'Hello from the phone').first().getByRole('button', { name: 'React' }).click()
    await ann.page.getByRole('dialog').getByRole('button').first().click()
    const reaction = message(bob, 'Hello from the phone').first().getByRole('button', { name: /Ann/ })
    await reaction.waitFor()

    await openActions(ann, 'Hello from the desk')
    await ann.page.getByRole('menuitem', { name: 'Edit' }).click()
    const change = ann.page.getByLabel('Change your message')
    await change.fill('Hello from the desk, corrected')
    await change.press('Enter')
    await message(bob, 'Hello from the desk, corrected').getByText('edited').waitFor()

    await openActions(ann, 'Hello from the desk, corrected')
    await ann.page.getByRole('menuitem', { name: 'Delete' }).click()
    await ann.page
      .getByRole('alertdialog')
      .or(ann.page.getByRole('dialog'))
      .getByRole('button', { name: 'Delete' })
      .click()
    await message(bob, 'Message deleted').waitFor()
    expect(await bob.page.getByText('corrected').count()).toBe(0)
    expectNoComplaints(ann, bob)
  })

  it('a third person sees that the room is full, and what to do', async () => {
    const { roomId } = await site.rest.createRoom({ maxParticipants: 2, name: 'For two' })
    await site.rest.joinRoom(roomId, 'Bob')
    const cleo = await site.newPerson({ device: 'phone' })
    await cleo.page.goto(`${site.server.url}/r/${roomId}`)
    await cleo.page.getByText('The room is full').first().waitFor()
    await cleo.page.getByText('You can stay on this page').waitFor()
    await cleo.page.getByRole('button', { name: 'Try again' }).waitFor()
    expectNoComplaints(cleo)
  })

  it('markup in names and messages stays text', async () => {
    const ann = await site.newPerson()
    const link = await createRoom(ann, site.server.url, { name: '<b>Bold</b>' })
    const bob = await site.newPerson()
    await joinRoom(bob, link, '<img src=x>')
    const wicked = '<script>document.title="taken"</script><img src=x onerror="document.title=1">'
    await say(bob, wicked)
    await message(ann, wicked).waitFor()
    expect(await ann.page.title()).not.toContain('taken')
    expect(await ann.page.locator('article img, article script').count()).toBe(0)
    expectNoComplaints(ann, bob)
  })

  it('a link in a message opens elsewhere, without telling where it comes from', async () => {
    const ann = await site.newPerson()
    await createRoom(ann, site.server.url)
    await say(ann, 'See https://example.org/plans and javascript:alert(1)')
    const links = message(ann, 'See').getByRole('link')
    await links.first().waitFor()
    expect(await links.count()).toBe(1)
    expect(await links.getAttribute('href')).toBe('https://example.org/plans')
    expect(await links.getAttribute('target')).toBe('_blank')
    expect(await links.getAttribute('rel')).toContain('noopener')
    expectNoComplaints(ann)
  })

  it('a wrong link says so, and leads on', async () => {
    const bob = await site.newPerson()
    await bob.page.goto(`${site.server.url}/r/0000-0000-0000`)
    await bob.page.getByText('This room does not exist').first().waitFor()
    await bob.page.getByText('Create your own room').first().waitFor()
  })

  it('a name that is taken is said at the field', async () => {
    const { roomId } = await site.rest.createRoom()
    const bob = await site.newPerson()
    await askToJoin(bob, `${site.server.url}/r/${roomId}`, 'Ann')
    await bob.page.getByText('Somebody in the room already has this name').waitFor()
    expect(await bob.page.getByLabel('Your name').getAttribute('aria-invalid')).toBe('true')
  })
})
