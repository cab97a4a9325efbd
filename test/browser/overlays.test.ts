import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { composer, createRoom, expectNoComplaints, openSite, type Site, whenItStands } from './site.ts'

let site: Site
beforeAll(async () => {
  // The engine alone loses a tap that comes while a dialog closes.
  site = await openSite({}, {}, 'whole')
})
afterEach(() => site.everybodyLeaves())
afterAll(() => site[Symbol.asyncDispose]())

describe('what floats over the page', () => {
  it('lets the next tap through as soon as it is closed', async () => {
    const { page, complaints } = await site.newPerson({ device: 'phone', reducedMotion: 'no-preference' })
    await page.goto(site.server.url)
    // All above the button is there: it keeps its place.
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    const terms = page.getByRole('contentinfo').getByRole('button', { name: 'Terms' })
    await terms.scrollIntoViewIfNeeded()
    const place = await terms.boundingBox()
    if (place === null) throw new Error('there is no button for the terms')
    await page.getByRole('contentinfo').getByRole('button', { name: 'Privacy' }).tap()
    await whenItStands(page.getByRole('dialog', { name: 'Privacy' }))
    await page.keyboard.press('Escape')
    await page.touchscreen.tap(place.x + place.width / 2, place.y + place.height / 2)
    await page.getByRole('dialog', { name: 'Terms' }).waitFor()
    await expect.poll(() => page.getByRole('dialog').count()).toBe(1)
    // The one that was closed first takes the other along no more than the tap.
    await page.waitForFunction(() => document.getAnimations().length === 0)
    expect(await page.getByRole('dialog', { name: 'Terms' }).isVisible()).toBe(true)
    expect(complaints).toEqual([])
  })

  it('opens again while it closes', async () => {
    const ann = await site.newPerson({ device: 'phone', reducedMotion: 'no-preference' })
    await createRoom(ann, site.server.url)
    const button = ann.page.getByRole('button', { name: 'Show people' })
    const place = await button.boundingBox()
    if (place === null) throw new Error('there is no button for the people')
    const sheet = ann.page.getByRole('dialog', { name: /^People/ })
    await button.tap()
    await whenItStands(sheet)
    await ann.page.keyboard.press('Escape')
    await ann.page.touchscreen.tap(place.x + place.width / 2, place.y + place.height / 2)
    await ann.page.waitForFunction(() => document.getAnimations().length === 0)
    await sheet.waitFor()
    expect(await sheet.evaluate((element) => element.contains(document.activeElement))).toBe(true)
    expectNoComplaints(ann)
  })

  it('leaves the focus to whoever has begun to write while it closes', async () => {
    const ann = await site.newPerson({ reducedMotion: 'no-preference' })
    await createRoom(ann, site.server.url)
    await ann.page.getByRole('button', { name: 'Room menu' }).click()
    await ann.page.getByRole('menuitem', { name: 'Settings' }).click()
    await whenItStands(ann.page.getByRole('dialog', { name: 'Settings' }))
    await ann.page.keyboard.press('Escape')
    await composer(ann).focus()
    await ann.page.getByRole('dialog').waitFor({ state: 'detached' })
    await ann.page.keyboard.type('on')
    expect(await composer(ann).inputValue()).toBe('on')
    expectNoComplaints(ann)
  })
})
