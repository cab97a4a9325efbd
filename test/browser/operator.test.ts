import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Person, PersonOptions } from '@parley/testkit/browser'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible } from './expect-accessible.ts'
import {
  askToJoin,
  createRoom,
  expectNoComplaints,
  message,
  openSite,
  type Site,
  say,
  whenFocused,
  whenItStands,
} from './site.ts'

const TOKEN = 'kRt0Wm2sYv8Lq4Zp7Nc1Xb6Jh3Gf9Da5'
const BUILT_PAGE = join(import.meta.dirname, '../../packages/web/admin/dist/index.html')

let site: Site
let drained = 0
beforeAll(async () => {
  if (!existsSync(BUILT_PAGE)) throw new Error("The operator's page is not built: run npm run build first")
  site = await openSite(
    { adminToken: TOKEN },
    {
      drain() {
        drained += 1
      },
    },
  )
})
afterEach(() => site.everybodyLeaves())
afterAll(() => site[Symbol.asyncDispose]())

/** Somebody at the operator's page, with what its door asks for. */
async function openDoor(look: PersonOptions = {}): Promise<Person> {
  const operator = await site.newPerson(look)
  await operator.page.goto(`${site.server.url}/admin`)
  await operator.page.locator('form').waitFor()
  return operator
}

async function signIn({ page }: Person, token = TOKEN): Promise<void> {
  await page.locator('form input').fill(token)
  await page.locator('form').getByRole('button').last().click()
}

const rooms = ({ page }: Person) => page.getByRole('list', { name: 'Rooms' }).getByRole('button')
const dialog = ({ page }: Person) => page.getByRole('dialog')
const figure = ({ page }: Person, name: string) =>
  page.locator('dl > div').filter({ hasText: name }).locator('dd').first()

describe('an operator', () => {
  it('comes in by the token alone, and it is nowhere to be found after the tab was left', async () => {
    const operator = await openDoor()
    const { page } = operator
    await signIn(operator, 'not the token')
    await page.getByRole('alert').getByText('This is not the token').waitFor()
    await whenFocused(page.locator('form input'))
    expect(await page.locator('form input').getAttribute('type')).toBe('password')
    await signIn(operator)
    await page.getByRole('heading', { name: 'Now', exact: true }).waitFor()
    expect(page.url()).toBe(`${site.server.url}/admin`)
    // The tab goes on after a reload; another tab knows nothing.
    await page.reload()
    await page.getByRole('heading', { name: 'Now', exact: true }).waitFor()
    expect(await page.evaluate(() => JSON.stringify(localStorage) + document.cookie)).not.toContain(TOKEN)
    const other = await operator.context.newPage()
    await other.goto(`${site.server.url}/admin`)
    await other.locator('form').waitFor()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.locator('form').waitFor()
    expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(TOKEN)
  })

  it('sees two people in a room and nothing that they said, removes one, and closes the room', async () => {
    const [ann, bo, operator] = [await site.newPerson(), await site.newPerson(), await openDoor()]
    const link = await createRoom(ann, site.server.url, { name: 'Friday planning', hostName: 'Ann' })
    await askToJoin(bo, link, 'Bo')
    await say(ann, 'for nobody else')
    await message(bo, 'for nobody else').waitFor()

    await signIn(operator)
    const { page } = operator
    await expect.poll(() => figure(operator, 'Open rooms').textContent()).toBe('1')
    await expect.poll(() => figure(operator, 'Connections').textContent()).toBe('2')
    await rooms(operator).filter({ hasText: 'Friday planning' }).click()
    const people = dialog(operator).getByRole('listitem')
    await expect.poll(() => people.count()).toBe(2)
    await people.filter({ hasText: 'Ann' }).getByText('host').waitFor()
    expect(await page.content()).not.toContain('for nobody else')

    await dialog(operator).getByRole('button', { name: 'Remove Bo' }).click()
    const question = page.getByRole('dialog', { name: 'Remove Bo from this room?' })
    await question.getByText('can’t come back').waitFor()
    // Whoever thinks better of it has done nothing.
    await question.getByRole('button', { name: 'Cancel' }).click()
    await question.waitFor({ state: 'hidden' })
    expect(await people.count()).toBe(2)
    await dialog(operator).getByRole('button', { name: 'Remove Bo' }).click()
    await question.getByRole('button', { name: 'Remove' }).click()
    await bo.page
      .getByText(/removed/i)
      .first()
      .waitFor()
    await expect.poll(() => people.count()).toBe(1)

    await dialog(operator).getByRole('button', { name: 'Close room' }).click()
    const last = page.getByRole('dialog', { name: 'Close “Friday planning”?' })
    await last.getByText('is deleted').waitFor()
    await last.getByRole('button', { name: 'Close room' }).click()
    await ann.page.getByText('The operator of this server closed the room').waitFor()
    await page.getByText('No room is open.').waitFor()
    await expect.poll(() => figure(operator, 'Open rooms').textContent()).toBe('0')
    await expect.poll(() => page.getByRole('img', { name: /^Connections: now/ }).count()).toBe(1)
    // The room may have been looked at once more while it was closing.
    expect(operator.complaints.filter((complaint) => !complaint.includes('404'))).toEqual([])
  })

  it('signs somebody out everywhere, stops a node, and makes the log say more', async () => {
    const [ann, operator] = [await site.newPerson(), await openDoor({ device: 'phone' })]
    await createRoom(ann, site.server.url, { hostName: 'Dora' })
    await signIn(operator)
    const { page } = operator
    await page.getByLabel('Find a person').fill('dor')
    await page.getByRole('button', { name: 'Sign out everywhere: Dora' }).click()
    await dialog(operator).getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByText('Nobody who is connected has this name or id.').waitFor()

    await page
      .getByRole('button', { name: /^Stop with grace/ })
      .first()
      .click()
    const isAlone = site.server.nodeUrls.length === 1
    await dialog(operator)
      .getByText(isAlone ? 'It is the only node' : 'to the other nodes a few at a time')
      .waitFor()
    expect(drained).toBe(0)
    await dialog(operator).getByRole('button', { name: 'Stop with grace' }).click()
    await expect.poll(() => drained).toBe(1)

    await page.getByLabel('Write lines from this level on').selectOption('debug')
    await page.getByText('All nodes write from debug on.').waitFor()
    await page.getByLabel('Write lines from this level on').selectOption('info')
  })

  it('is told at the field that a room is not there', async () => {
    const operator = await openDoor()
    const { page } = operator
    await signIn(operator)
    await page.getByLabel('Find a room').fill('k7fp-2m9x-qd4w')
    await page.getByRole('button', { name: 'Look up' }).click()
    await page.getByRole('alert').waitFor()
    await whenFocused(page.getByLabel('Find a room'))
  })

  it('does all of it with the keyboard alone', async () => {
    await site.rest.createRoom({ name: 'By keys' })
    const operator = await openDoor()
    const { page } = operator
    await page.keyboard.type(TOKEN)
    await page.keyboard.press('Enter')
    const room = rooms(operator).filter({ hasText: 'By keys' })
    await room.waitFor()
    await room.focus()
    await page.keyboard.press('Enter')
    await dialog(operator).getByRole('button', { name: 'Close room' }).waitFor()
    await whenItStands(dialog(operator))
    await dialog(operator).getByRole('button', { name: 'Close room' }).focus()
    await page.keyboard.press('Enter')
    const question = page.getByRole('dialog', { name: 'Close “By keys”?' })
    await whenItStands(question)
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'hidden' })
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Close room')
    await page.keyboard.press('Escape')
    await dialog(operator).waitFor({ state: 'hidden' })
    await room.waitFor()
  })
})

/** Each in the light theme and in the dark one. */
const LOOKS: readonly (readonly [string, PersonOptions])[] = [
  ['Swedish, desktop', { device: 'desktop', locale: 'sv' }],
  ['Arabic, right to left, phone', { device: 'phone', locale: 'ar' }],
]

it.each(LOOKS)('axe finds nothing at the door, on the page and in its dialogs (%s)', async (_, look) => {
  await site.rest.createRoom({ name: 'Planning', password: 'sesame' })
  const operator = await openDoor(look)
  const { page } = operator
  await expectAccessible(operator, 'the door')
  await signIn(operator)
  await page.getByRole('listitem').getByRole('button').first().waitFor()
  await expectAccessible(operator, 'the page')
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  await page.locator('section ul button').first().click()
  await dialog(operator).getByRole('listitem').first().waitFor()
  await expectAccessible(operator, 'a room')
  await dialog(operator).getByRole('button').last().click()
  await expect.poll(() => dialog(operator).count()).toBeGreaterThan(0)
  await expectAccessible(operator, 'a question')
  expectNoComplaints(operator)
})
