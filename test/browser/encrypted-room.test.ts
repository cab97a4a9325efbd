import type { Person } from '@parley/testkit/browser'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from './expect-accessible.ts'
import { chooseInRoomMenu, composer, expectNoComplaints, joinRoom, message, openSite, type Site, say } from './site.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterEach(() => site.everybodyLeaves())
afterAll(() => site[Symbol.asyncDispose]())

const LACKS_KEY = /your link lacks its key\. Open the link you were sent, whole\./

/** Creates an encrypted room from the landing page, and goes in. */
async function createEncryptedRoom({ page }: Person): Promise<string> {
  await page.goto(site.server.url)
  await page.getByRole('button', { name: 'Create a room' }).first().click()
  await page.getByLabel('Room name').fill('Quiet talk')
  await page.getByLabel('Your name').fill('Ann')
  await page.getByRole('switch', { name: /^End-to-end encrypted/ }).click()
  await page.getByRole('button', { name: 'Create room' }).click()
  const link = await page.getByLabel('Link to the room', { exact: true }).inputValue()
  // Whoever closes what shows the link has not lost the room: they are in it.
  await page.keyboard.press('Escape')
  await composer({ page }).waitFor()
  return link
}

/** Everything that a page sends, in words: addresses, headers, bodies, and frames of its sockets. */
function everythingSentBy({ page }: Person): readonly string[] {
  const sent: string[] = []
  page.on('request', (request) => {
    sent.push(request.url().replace(/#.*/, ''), JSON.stringify(request.headers()), request.postData() ?? '')
  })
  page.on('websocket', (socket) => {
    sent.push(socket.url())
    socket.on('framesent', ({ payload }) => sent.push(payload.toString()))
  })
  return sent
}

const storedBy = ({ page }: Person): Promise<string> =>
  page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.title, document.cookie]))

async function phraseOf({ page }: Person): Promise<string> {
  await page.getByRole('button', { name: 'End-to-end encrypted', exact: true }).click()
  const items = page.getByRole('dialog').getByRole('listitem')
  await expect.poll(() => items.count()).toBe(8)
  const phrase = (await items.allInnerTexts()).join(' ')
  await page.keyboard.press('Escape')
  return phrase
}

describe('an end-to-end encrypted room', () => {
  it('is read by those who have the whole link, and by nobody else', async () => {
    const [ann, bob, cleo] = [await site.newPerson(), await site.newPerson(), await site.newPerson()]
    const sent = [everythingSentBy(ann), everythingSentBy(bob)]
    const link = await createEncryptedRoom(ann)
    const key = new URL(link).hash.slice('#k='.length)
    const [bare = ''] = link.split('#')
    expect(key).toMatch(/^[\w-]{43}$/)
    expect(ann.page.url()).toBe(link)

    await joinRoom(bob, link, 'Bob')
    await say(ann, 'The herring sails at noon')
    await message(bob, 'The herring sails at noon').waitFor()
    await say(bob, 'Then I bring the nets')
    await message(ann, 'Then I bring the nets').waitFor()
    const [phrase, same] = await Promise.all([phraseOf(ann), phraseOf(bob)])
    expect(same).toBe(phrase)

    await cleo.page.goto(bare)
    await cleo.page.getByText(LACKS_KEY).waitFor()
    await cleo.page.getByLabel('Your name').fill('Cleo')
    await cleo.page.getByRole('button', { name: 'Join without the key' }).click()
    await cleo.page.getByText(LACKS_KEY).waitFor()
    await message(cleo, 'Encrypted: its key is missing').nth(1).waitFor()
    expect(await composer(cleo).count()).toBe(0)
    expect(await cleo.page.content()).not.toMatch(/herring|the nets|e1\./)
    await expectAccessible(cleo, 'the room without the key')

    // The whole link in the same page: all is there.
    await cleo.page.evaluate((hash) => location.assign(hash), new URL(link).hash)
    await message(cleo, 'The herring sails at noon').waitFor()
    await say(cleo, 'So it was you')
    await message(ann, 'So it was you').waitFor()

    // What a reload brings back, it can read.
    await bob.page.reload()
    await message(bob, 'So it was you').waitFor()
    await message(bob, 'Then I bring the nets').waitFor()
    expect(bob.page.url()).toBe(link)

    await chooseInRoomMenu(ann, 'Invite people')
    expect(await ann.page.getByLabel('Link to the room', { exact: true }).inputValue()).toBe(link)

    for (const person of [ann, bob, cleo]) expect(await storedBy(person)).not.toContain(key)
    const everything = sent.flat().join('\n')
    expect(everything).toContain('e1.')
    expect(everything).not.toContain(key)
    expect(everything).not.toMatch(/herring|the nets/)
    expectNoComplaints(ann, bob, cleo)
  })

  it('says so when the key is another one, or half of one', async () => {
    const [ann, bob] = [await site.newPerson(), await site.newPerson({ device: 'phone' })]
    const link = await createEncryptedRoom(ann)
    await say(ann, 'The herring sails at noon')
    const [bare = ''] = link.split('#')

    await bob.page.goto(link.slice(0, -9))
    await bob.page.getByText(LACKS_KEY).waitFor()
    expect(await bob.page.getByLabel('Your name').count()).toBe(0)

    await bob.page.goto('about:blank')
    await joinRoom(bob, `${bare}#k=${'A'.repeat(43)}`, 'Bob')
    await message(bob, 'This message can’t be decrypted').waitFor()
    await bob.page.getByText('What others write does not open with the key in your link').waitFor()
    expect(await bob.page.content()).not.toMatch(/herring|e1\./)
    expectNoComplaints(ann, bob)
  })

  it('is joined from the start page by its whole link', async () => {
    const ann = await site.newPerson()
    const link = await createEncryptedRoom(ann)
    const bob = await site.newPerson()
    await bob.page.goto(site.server.url)
    await bob.page.getByLabel('Room link or code').fill(link)
    await bob.page.getByLabel('Room link or code').press('Enter')
    await bob.page.getByLabel('Your name').waitFor()
    expect(bob.page.url()).toBe(link)
    expect(await bob.page.getByText(LACKS_KEY).count()).toBe(0)
  })
})
