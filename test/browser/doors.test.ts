import { createFakeClock } from '@parley/testkit/fake-clock'
import type { Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  askToJoin,
  chooseInRoomMenu,
  composer,
  createRoom,
  expectNoComplaints,
  joinRoom,
  message,
  openSite,
  type Site,
  say,
  whenFocused,
  whenItStands,
  whenPainted,
} from './site.ts'

const MINUTE_MS = 60_000

let site: Site
beforeAll(async () => {
  site = await openSite()
})
afterEach(() => site.everybodyLeaves())
afterAll(() => site[Symbol.asyncDispose]())

describe('the door of a room', () => {
  it('asks for the password, and says when it is the wrong one', async () => {
    const ann = await site.newPerson()
    const bob = await site.newPerson({ device: 'phone' })
    const link = await createRoom(ann, site.server.url, { password: 'open sesame' })
    await askToJoin(bob, link, 'Bob', 'open barley')
    await bob.page.getByText('That is not the password').waitFor()
    await bob.page.getByRole('textbox', { name: /^Password/ }).fill('open sesame')
    await bob.page.getByRole('button', { name: 'Join', exact: true }).click()
    await composer(bob).waitFor()
  })

  it('keeps what was typed when the room can’t be looked up for a while', async () => {
    const { roomId } = await site.rest.createRoom()
    const bob = await site.newPerson({ device: 'phone' })
    await bob.page.goto(`${site.server.url}/r/${roomId}`)
    await bob.page.getByLabel('Your name').fill('Bob')
    const preview = /\/api\/rooms\/[^/]+$/
    const answers = [
      (route: Route) => route.abort(),
      (route: Route) => route.fulfill({ status: 500, json: { code: 'INTERNAL' } }),
    ]
    for (const answer of answers) {
      const asked = Promise.withResolvers<void>()
      await bob.page.route(preview, async (route) => {
        await answer(route)
        asked.resolve()
      })
      await bob.page.evaluate(() => dispatchEvent(new Event('online')))
      await asked.promise
      await whenPainted(bob)
      expect(await bob.page.getByLabel('Your name').inputValue()).toBe('Bob')
      await bob.page.unroute(preview)
    }
    await bob.page.getByRole('button', { name: 'Join', exact: true }).click()
    await composer(bob).waitFor()
  })

  it('has the focus go where one writes, or to the room’s name where a keyboard would come up', async () => {
    const { roomId } = await site.rest.createRoom({ name: 'Friday planning' })
    const link = `${site.server.url}/r/${roomId}`
    const [bob, cleo] = [await site.newPerson(), await site.newPerson({ device: 'phone' })]
    await joinRoom(bob, link, 'Bob')
    await whenFocused(composer(bob))
    await joinRoom(cleo, link, 'Cleo')
    await whenFocused(cleo.page.getByRole('heading', { level: 1, name: 'Friday planning' }))
    expectNoComplaints(bob, cleo)
  })

  it('keeps people in the lobby until the host lets them in, or refuses them', async () => {
    const ann = await site.newPerson()
    const link = await createRoom(ann, site.server.url, { lobby: true })
    const bob = await site.newPerson({ device: 'phone' })
    await askToJoin(bob, link, 'Bob')
    await bob.page.getByText('Waiting to be let in').waitFor()
    await ann.page
      .getByRole('button', { name: /^Let in( Bob)?$/ })
      .first()
      .click()
    await composer(bob).waitFor()
    await say(ann, 'Welcome')
    await message(bob, 'Welcome').waitFor()

    const cleo = await site.newPerson()
    await askToJoin(cleo, link, 'Cleo')
    await cleo.page.getByText('Waiting to be let in').waitFor()
    await ann.page
      .getByRole('button', { name: /^Refuse( Cleo)?$/ })
      .first()
      .click()
    await cleo.page.getByText('The host did not let you in').waitFor()
    expectNoComplaints(ann, bob, cleo)
  })

  it('asks the host again for somebody who was refused while their room was still opening', async () => {
    const ann = await site.newPerson()
    const link = await createRoom(ann, site.server.url, { lobby: true })
    const bob = await site.newPerson({ device: 'phone' })
    const line = Promise.withResolvers<void>()
    await bob.page.routeWebSocket(/socket\.io/, async (socket) => {
      await line.promise
      socket.connectToServer()
    })
    const refuse = ann.page.getByRole('button', { name: /^Refuse( Bob)?$/ }).first()
    await askToJoin(bob, link, 'Bob')
    await refuse.click()
    await refuse.waitFor({ state: 'detached' })
    line.resolve()
    await bob.page.getByText('Waiting to be let in').waitFor()
    await refuse.waitFor()
    await refuse.click()
    await bob.page.getByText('The host did not let you in').waitFor()
    await refuse.waitFor({ state: 'detached' })
    expectNoComplaints(ann, bob)
  })

  it('closes when the host locks it, for newcomers alone', async () => {
    const ann = await site.newPerson()
    const bob = await site.newPerson({ device: 'phone' })
    const link = await createRoom(ann, site.server.url)
    await joinRoom(bob, link, 'Bob')
    await chooseInRoomMenu(ann, 'Lock the room')
    await bob.page.getByText('Ann locked the room').waitFor()
    const cleo = await site.newPerson()
    await cleo.page.goto(link)
    await cleo.page.getByText('The room is locked').first().waitFor()
    await bob.page.reload()
    await composer(bob).waitFor()
    await chooseInRoomMenu(ann, 'Unlock the room')
    await cleo.page.getByRole('button', { name: 'Look again' }).click()
    await askToJoin(cleo, link, 'Cleo')
    await composer(cleo).waitFor()
    expectNoComplaints(ann, bob)
  })

  it('the host removes somebody, who is told so', async () => {
    const ann = await site.newPerson()
    const bob = await site.newPerson({ device: 'phone' })
    const link = await createRoom(ann, site.server.url)
    await joinRoom(bob, link, 'Bob')
    await ann.page.getByRole('button', { name: 'Actions for Bob' }).click()
    await ann.page.getByRole('menuitem', { name: 'Remove and keep out' }).click()
    await ann.page.getByRole('button', { name: 'Remove and keep out' }).click()
    await whenFocused(bob.page.getByRole('heading', { name: 'You were removed from the room' }))
    await ann.page.getByText('Bob was removed').waitFor()
    expectNoComplaints(ann, bob)
  })

  it('ends for everybody when the host says so, who is asked first', async () => {
    const ann = await site.newPerson()
    const bob = await site.newPerson({ device: 'phone' })
    const link = await createRoom(ann, site.server.url)
    await joinRoom(bob, link, 'Bob')
    await bob.page.getByRole('button', { name: 'Room menu' }).click()
    await bob.page.getByRole('menuitem', { name: 'Leave the room' }).waitFor()
    expect(await bob.page.getByRole('menuitem', { name: 'End the room' }).count()).toBe(0)
    await bob.page.keyboard.press('Escape')

    const question = ann.page.getByRole('dialog', { name: 'End the room for everybody?' })
    const menu = ann.page.getByRole('button', { name: 'Room menu' })
    await chooseInRoomMenu(ann, 'Leave the room')
    await ann.page.getByRole('button', { name: 'End the room for everybody instead' }).click()
    await question.getByText('nothing of the room stays').waitFor()
    await question.getByRole('button', { name: 'Export the conversation first' }).click()
    const save = ann.page.getByRole('dialog', { name: 'Export the conversation' })
    await whenItStands(save)
    await ann.page.keyboard.press('Escape')
    await save.waitFor({ state: 'detached' })
    await expect.poll(() => menu.evaluate((element) => element === document.activeElement)).toBe(true)
    await say(ann, 'Not yet')
    await message(bob, 'Not yet').waitFor()

    await chooseInRoomMenu(ann, 'End the room')
    await question.getByRole('button', { name: 'End for everybody' }).click()
    await ann.page.getByRole('heading', { name: 'You ended this room' }).waitFor()
    await whenFocused(bob.page.getByRole('heading', { name: 'The host ended this room' }))
    const late = await site.newPerson()
    await late.page.goto(link)
    await late.page.getByText('This room does not exist').waitFor()
    expectNoComplaints(ann, bob)
  })

  it('keeps the host a host across a reload', async () => {
    const ann = await site.newPerson()
    await createRoom(ann, site.server.url)
    await say(ann, 'Before')
    await message(ann, 'Before').waitFor()
    await ann.page.reload()
    await message(ann, 'Before').waitFor()
    await chooseInRoomMenu(ann, 'Lock the room')
    await ann.page.getByText('Locked: nobody new can come in').waitFor({ state: 'attached' })
    expectNoComplaints(ann)
  })

  it('counts by the server’s clock where the device’s is hours ahead', async () => {
    const [ann, bob] = [await site.newPerson(), await site.newPerson({ device: 'phone' })]
    for (const { context } of [ann, bob]) {
      await context.addInitScript((aheadMs) => {
        const now = Date.now
        Date.now = () => now() + aheadMs
      }, 300 * MINUTE_MS)
    }
    const link = await createRoom(ann, site.server.url)
    await ann.page.reload()
    await chooseInRoomMenu(ann, 'Lock the room')
    await ann.page.getByText('Locked: nobody new can come in').waitFor({ state: 'attached' })
    await bob.page.goto(link)
    await bob.page.getByText(/^(59 minutes|1 hour) left$/).waitFor()
    expectNoComplaints(ann, bob)
  })

  it('leads somebody whose seat is no longer accepted back to the door', async () => {
    const { roomId } = await site.rest.createRoom()
    const bob = await site.newPerson({ device: 'phone' })
    await joinRoom(bob, `${site.server.url}/r/${roomId}`, 'Bob')
    await bob.page.evaluate(() => {
      for (const [key, text] of Object.entries(localStorage)) {
        if (!key.startsWith('parley.room.')) continue
        const seat = JSON.parse(text)
        localStorage.setItem(key, JSON.stringify({ ...seat, token: `${seat.token.slice(0, -8)}AAAAAAAA` }))
      }
    })
    await bob.page.reload()
    await bob.page.getByRole('heading', { name: 'Your session has ended' }).waitFor()
    await bob.page.getByRole('button', { name: 'Join again' }).click()
    await bob.page.getByRole('button', { name: 'Join', exact: true }).waitFor()
  })

  it('is gone when the time is up, with all that was said', async () => {
    const clock = createFakeClock(Date.now())
    await using timed = await openSite({ maxIdleTimeMs: 200 * MINUTE_MS }, { clock })
    const ann = await timed.newPerson({ device: 'phone' })
    const link = await createRoom(ann, timed.server.url)
    await ann.page.getByRole('button', { name: 'Send', exact: true }).waitFor()
    await clock.advance(59 * MINUTE_MS)
    await ann.page.getByText('One minute left').first().waitFor()
    await clock.advance(MINUTE_MS + 1000)
    await ann.page.getByText('This room’s time is up').waitFor()
    const late = await timed.newPerson()
    await late.page.goto(link)
    await late.page.getByText('This room does not exist').waitFor()
    expect(ann.complaints).toEqual([])
  })
})
