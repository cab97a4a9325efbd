import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { composer, expectNoComplaints, openSite } from './site.ts'

async function openForm(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByRole('button', { name: 'Create a room' }).first().click()
  await page.getByLabel('Room name').fill('Friday planning')
  await page.getByLabel('Your name').fill('Ann')
}

describe('creating a room', () => {
  it('offers what this server allows, and nothing else', async () => {
    await using site = await openSite({ roomMaxParticipants: 10, roomDurations: [600, 45, 10] })
    const ann = await site.newPerson({ device: 'phone' })
    const { page } = ann
    await openForm(page, site.server.url)
    const lengths = page.getByRole('group', { name: 'How long' })
    expect(await lengths.locator('label').allTextContents()).toEqual(['10 min', '45 min', '10 hours'])
    expect(await lengths.getByLabel('45 min').isChecked()).toBe(true)
    const people = page.getByRole('spinbutton', { name: 'How many people' })
    expect(await people.inputValue()).toBe('10')
    await people.fill('99')
    await people.press('Tab')
    expect(await people.inputValue()).toBe('10')
    expect(await page.getByRole('button', { name: 'One more' }).isDisabled()).toBe(true)
    await lengths.getByText('10 min').click()
    await page.getByRole('button', { name: 'Create room' }).click()
    await page.getByRole('button', { name: 'Enter the room' }).click()
    await composer(ann).waitFor()
    expectNoComplaints(ann)
  })

  it('lets a large server have a large room', async () => {
    await using site = await openSite({ roomMaxParticipants: 10_000 })
    const ann = await site.newPerson()
    const { page } = ann
    await openForm(page, site.server.url)
    const people = page.getByRole('spinbutton', { name: 'How many people' })
    expect(await people.inputValue()).toBe('30')
    await people.fill('10000')
    await page.getByRole('button', { name: 'Create room' }).click()
    const link = await page.getByLabel('Link to the room', { exact: true }).inputValue()
    const answer = await fetch(`${site.server.url}/api/rooms/${link.split('/').at(-1)}`)
    expect(await answer.json()).toMatchObject({ maxParticipants: 10_000 })
    expectNoComplaints(ann)
  })
})
