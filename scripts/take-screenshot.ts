/** Takes docs/images/room.png from the real app: `node scripts/take-screenshot.ts`, after a build. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRoom, joinRoom, message, openSite, say } from '../test/browser/site.ts'

const target = join(dirname(import.meta.dirname), 'docs/images/room.png')

await using site = await openSite()
const maja = await site.newPerson({ device: 'desktop', reducedMotion: 'reduce' })
await maja.page.setViewportSize({ width: 1200, height: 750 })
const link = await createRoom(maja, site.server.url, { name: 'Friday planning', hostName: 'Maja' })
const noor = await site.newPerson()
await joinRoom(noor, link, 'Noor')
const emil = await site.newPerson()
await joinRoom(emil, link, 'Emil')

await say(maja, 'Shall we move the launch to Tuesday?')
await message(noor, 'launch').waitFor()
await say(noor, 'Tuesday works. I will tell the others.')
await say(emil, 'Then the texts are ready as well: https://example.org/launch-notes')
await message(maja, 'texts').waitFor()
await message(noor, 'Shall we').hover()
await message(noor, 'Shall we').getByRole('button', { name: 'React' }).click()
await noor.page.getByRole('dialog').getByRole('button').first().click()
await say(maja, 'Then it is settled. Thank you both.')
await message(noor, 'settled').waitFor()
await noor.page.getByLabel('Your message', { exact: true }).pressSequentially('See you')
await maja.page.getByText('Noor is typing').first().waitFor()
await maja.page.mouse.move(0, 0)

mkdirSync(dirname(target), { recursive: true })
await maja.page.screenshot({ path: target })
