import type { Person, PersonOptions } from '@parley/testkit/browser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, WHILE_A_MENU_IS_OPEN } from './expect-accessible.ts'
import {
  composer,
  createRoom,
  expectNoComplaints,
  joinRoom,
  message,
  openSite,
  type Site,
  say,
  sayByButton,
  whenFocused,
} from './site.ts'

let site: Site
beforeAll(async () => {
  // What a browser asks before it lets a page hear is no part of the engine alone.
  site = await openSite({}, {}, 'whole')
})
afterAll(() => site[Symbol.asyncDispose]())

/** A person whose browser lets this page hear and see them. */
async function newSpeaker(options: PersonOptions = {}): Promise<Person> {
  const person = await site.newPerson(options)
  await person.context.grantPermissions(['microphone', 'camera'])
  await person.context.addInitScript(() => {
    const { mediaDevices } = navigator
    const ask = mediaDevices.getDisplayMedia.bind(mediaDevices)
    // Nobody is there to choose: the page itself is what is shared.
    mediaDevices.getDisplayMedia = (wish) => ask({ ...wish, ...{ preferCurrentTab: true } })
  })
  return person
}

const button = ({ page }: Person, name: string | RegExp) => page.getByRole('button', { name })
const stage = ({ page }: Person) => page.getByRole('region', { name: 'In voice' })
const dock = ({ page }: Person) => page.getByRole('region', { name: 'Call controls' })
const inStage = (person: Person, name: RegExp) => stage(person).getByRole('button', { name })
/** Pictures that really move: a video without a frame has no size. */
const movingPictures = (person: Person) =>
  stage(person)
    .locator('video')
    .evaluateAll((videos) => videos.filter((video) => video instanceof HTMLVideoElement && video.videoWidth > 0).length)

async function joinVoice(person: Person): Promise<void> {
  await button(person, /^Join voice/)
    .first()
    .click()
  await button(person, 'Leave voice').waitFor()
}

async function twoInVoice(look: PersonOptions = {}): Promise<{ ann: Person; bob: Person }> {
  const ann = await newSpeaker(look)
  const link = await createRoom(ann, site.server.url)
  const bob = await newSpeaker({ device: 'phone' })
  await joinRoom(bob, link, 'Bob')
  await (look.device === 'phone' ? sayByButton : say)(ann, 'Can you hear me?')
  await joinVoice(ann)
  await bob.page.getByText('Ann is in voice').waitFor()
  await joinVoice(bob)
  await inStage(ann, /^Bob.*microphone on/).waitFor()
  return { ann, bob }
}

/** Everything of a call that somebody looks at. */
async function expectAccessibleCall(ann: Person): Promise<void> {
  await expectAccessible(ann, 'voices')
  await button(ann, 'Camera on').click()
  await expect.poll(() => movingPictures(ann)).toBe(1)
  await expectAccessible(ann, 'pictures')
  await button(ann, 'More: devices and settings').click()
  await ann.page.getByRole('menuitem', { name: 'Voice settings' }).waitFor()
  await expectAccessible(ann, 'menu', WHILE_A_MENU_IS_OPEN)
  await ann.page.getByRole('menuitem', { name: 'Connection statistics' }).click()
  await ann.page.getByRole('dialog').getByRole('table').first().waitFor()
  await expectAccessible(ann, 'statistics')
  await ann.page.keyboard.press('Escape')
  await inStage(ann, /^Bob/).click()
  await ann.page.getByRole('dialog', { name: 'Bob in voice' }).waitFor()
  await expectAccessible(ann, 'what can be done with a person', WHILE_A_MENU_IS_OPEN)
  await ann.page.keyboard.press('Escape')
}

/** Ann is in no call. */
async function expectAccessibleCheck(ann: Person): Promise<void> {
  await ann.page.getByRole('button', { name: 'Check microphone and camera first' }).click()
  await ann.page.getByRole('dialog').getByText('Microphone level').waitFor()
  await expectAccessible(ann, 'before joining')
}

// One call for all of it: coming together costs more than what is looked at then.
describe('two people in voice', () => {
  let ann: Person
  let bob: Person
  beforeAll(async () => {
    ;({ ann, bob } = await twoInVoice())
  })
  afterAll(() => site.everybodyLeaves())

  it('a host mutes somebody until they allow it, and then asks: nobody is unmuted from afar', async () => {
    await inStage(ann, /^Bob/).click()
    await ann.page.getByRole('button', { name: 'Mute until I allow it' }).click()
    await dock(bob).getByText('The host muted you').waitFor()
    await inStage(ann, /^Bob.*muted by the host/).waitFor()
    await dock(bob)
      .getByRole('button', { name: /^Muted by the host/ })
      .click({ force: true })
    await inStage(ann, /^Bob.*muted by the host/).waitFor()

    await inStage(ann, /^Bob/).click()
    await ann.page.getByRole('button', { name: 'Allow to unmute' }).click()
    await dock(bob).getByText('Ann asks you to unmute').waitFor()
    await inStage(ann, /^Bob.* muted$/).waitFor()
    await dock(bob).getByRole('button', { name: 'Unmute microphone' }).last().click()
    await inStage(ann, /^Bob.*microphone on/).waitFor()
    expectNoComplaints(ann, bob)
  })

  it('hear and see each other, mute, share, and raise a hand', async () => {
    // The microphone of a test hums now and then.
    await stage(ann).locator('[data-speaking]').first().waitFor({ state: 'attached' })

    await button(bob, /^Mute microphone$/).click()
    await inStage(ann, /^Bob.*muted/).waitFor()
    await button(bob, 'Unmute microphone').first().click()
    await inStage(ann, /^Bob.*microphone on/).waitFor()

    await button(ann, 'Camera on').click()
    await expect.poll(() => movingPictures(bob)).toBe(1)
    await button(bob, 'Camera on').click()
    await expect.poll(() => movingPictures(ann)).toBe(2)

    await button(ann, 'Share your screen').click()
    await stage(bob).getByText('Screen of Ann').waitFor()
    await expect.poll(() => movingPictures(bob)).toBe(3)
    await button(ann, 'Stop sharing your screen').click()
    await stage(bob).getByText('Screen of Ann').waitFor({ state: 'detached' })

    await button(bob, 'More: devices and settings').click()
    await bob.page.getByRole('menuitem', { name: 'Raise your hand' }).click()
    await ann.page.getByRole('list', { name: 'Raised hands' }).getByText('Bob').waitFor()

    await button(ann, 'React so that everybody sees it').click()
    // It is there for a moment alone: who looks only then may be too late.
    await Promise.all([
      bob.page.locator('.floating-reaction').first().waitFor({ state: 'attached' }),
      ann.page.getByRole('dialog').getByRole('button').first().click(),
    ])

    for (const person of [ann, bob]) await button(person, 'Camera off').click()
    await expect.poll(() => stage(ann).locator('video').count()).toBe(0)
    expectNoComplaints(ann, bob)
  })

  it('axe finds nothing in their call (desktop)', async () => {
    await expectAccessibleCall(ann)
    expectNoComplaints(ann, bob)
  })

  it('the way out of the call is on the screen at every width', async () => {
    for (const width of [320, 820]) {
      await ann.page.setViewportSize({ width, height: 900 })
      await expect
        .poll(async () => {
          const box = await button(ann, 'Leave voice').boundingBox()
          return box !== null && box.x >= 0 && box.x + box.width <= width
        })
        .toBe(true)
    }
    await ann.page.setViewportSize({ width: 1280, height: 720 })
  })

  it('what was said last can be read on a phone that is held sideways', async () => {
    await ann.page.setViewportSize({ width: 844, height: 390 })
    await expect
      .poll(async () => {
        const said = await message(ann, 'Can you hear me?').boundingBox()
        const [head, foot] = [await button(ann, 'Invite').boundingBox(), await composer(ann).boundingBox()]
        if (said === null || head === null || foot === null) return false
        return said.y >= head.y + head.height && said.y + said.height <= foot.y
      })
      .toBe(true)
    await ann.page.setViewportSize({ width: 1280, height: 720 })
  })

  it('keys work in the call and not while somebody writes', async () => {
    await composer(ann).fill('')
    await composer(ann).pressSequentially('mm vdh')
    expect(await composer(ann).inputValue()).toBe('mm vdh')
    await inStage(bob, /^Ann.*microphone on/).waitFor()
    await composer(ann).blur()
    await ann.page.keyboard.press('m')
    await inStage(bob, /^Ann.*muted/).waitFor()
    await ann.page.keyboard.press('h')
    await inStage(bob, /^Ann.*muted, hand raised/).waitFor()

    await ann.page.keyboard.press('m')
    await button(ann, 'More: devices and settings').click()
    await ann.page.getByRole('menuitem', { name: 'Voice settings' }).click()
    await ann.page.getByRole('dialog').getByText('While I hold a key').click()
    await ann.page.keyboard.press('Escape')
    const hold = button(ann, /^Hold to talk/)
    await hold.waitFor()
    // Somewhere where nothing has the focus.
    await ann.page.getByRole('heading', { level: 1 }).click()
    await ann.page.keyboard.down('Space')
    await expect.poll(() => hold.getAttribute('aria-pressed')).toBe('true')
    await ann.page.keyboard.up('Space')
    await expect.poll(() => hold.getAttribute('aria-pressed')).toBe('false')
    expectNoComplaints(ann, bob)
  })

  it('a thumb that slides on the pad goes on talking until it lifts', async () => {
    const choose = async (mode: string) => {
      await button(bob, 'More: devices and settings').click()
      await bob.page.getByRole('menuitem', { name: 'Voice settings' }).click()
      await bob.page.getByRole('dialog').getByText(mode, { exact: true }).click()
      await bob.page.keyboard.press('Escape')
    }
    await choose('While I hold a key')
    const box = await bob.page.getByRole('button', { name: 'Hold to talk', exact: true }).boundingBox()
    const at = { x: (box?.x ?? 0) + 100, y: (box?.y ?? 0) + 30 }
    const talking = bob.page.getByRole('button', { name: 'Talking: let go to stop' })
    const screen = await bob.context.newCDPSession(bob.page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
      screen.send('Input.dispatchTouchEvent', { type, touchPoints })
    await touch('touchStart', [at])
    await talking.waitFor()
    for (let step = 1; step <= 8; step++) await touch('touchMove', [{ x: at.x, y: at.y - 10 * step }])
    await bob.page.evaluate(() => new Promise(requestAnimationFrame))
    expect(await talking.isVisible()).toBe(true)
    await touch('touchEnd', [])
    await talking.waitFor({ state: 'detached' })
    await choose('Always')
  })

  it('one leaves, and the other is the only one', async () => {
    await button(ann, 'Leave voice').focus()
    await ann.page.keyboard.press('Enter')
    await whenFocused(button(ann, /^Join voice/).first())
    await stage(bob).getByText('You are the only one').or(stage(bob).locator('video')).first().waitFor()
    await expect.poll(() => inStage(bob, /^Ann/).count()).toBe(0)
    await expect.poll(() => dock(ann).count()).toBe(0)
    await expectAccessibleCheck(ann)
    expectNoComplaints(ann, bob)
  })
})

it('whose browser allows no microphone is told what to do, and hears the others all the same', async () => {
  const ann = await site.newPerson()
  const link = await createRoom(ann, site.server.url)
  await button(ann, 'Room menu').click()
  await ann.page.getByRole('menuitem', { name: 'Check microphone and camera' }).click()
  const dialog = ann.page.getByRole('dialog')
  await dialog.getByText('Allow it by the icon beside the address').waitFor()
  await dialog.getByRole('button', { name: 'Join without microphone' }).click()
  // The menu's button, from which the dialog was opened, is still there.
  await whenFocused(button(ann, 'Room menu'))
  await button(ann, 'Leave voice').waitFor()
  await dock(ann).getByText('The others can’t hear you').waitFor()
  // Its button does not look as if one were on, and leads to where another one can be chosen.
  await button(ann, /^Not heard/).click()
  await ann.page.getByRole('dialog', { name: 'Voice settings' }).waitFor()
  // Nor do others see one that is on.
  const bob = await site.newPerson()
  await joinRoom(bob, link, 'Bob')
  await button(bob, 'Ann: no microphone').waitFor()
})

it('a keyboard goes on at the microphone after joining, and where it was pressed after leaving', async () => {
  const ann = await newSpeaker()
  const link = await createRoom(ann, site.server.url)
  const join = button(ann, /^Join voice/).first()
  await join.focus()
  await ann.page.keyboard.press('Enter')
  await whenFocused(button(ann, 'Mute microphone'))
  await composer(ann).focus()
  const bob = await newSpeaker()
  await joinRoom(bob, link, 'Bob')
  await bob.page.getByText('Ann is in voice').waitFor()
  await button(bob, 'Check microphone and camera first').click()
  await bob.page.getByRole('dialog').getByRole('button', { name: 'Join voice', exact: true }).click()
  await whenFocused(button(bob, 'Mute microphone'))
  // Whoever writes is left in peace.
  await ann.page.keyboard.type('m')
  expect(await composer(ann).inputValue()).toBe('m')
  await button(ann, 'Leave voice').evaluate((element) => (element as HTMLElement).click())
  await join.waitFor()
  await whenFocused(composer(ann))
  expectNoComplaints(ann, bob)
})

it('whose camera is taken between the look at oneself and the call is told so, and is in without it', async () => {
  const ann = await newSpeaker()
  await ann.context.addInitScript(() => {
    const { mediaDevices } = navigator
    const ask = mediaDevices.getUserMedia.bind(mediaDevices)
    let asked = 0
    mediaDevices.getUserMedia = async (wish) => {
      if (wish?.video && ++asked > 1) throw new DOMException('In use.', 'NotReadableError')
      return ask(wish)
    }
  })
  await createRoom(ann, site.server.url)
  await button(ann, 'Room menu').click()
  await ann.page.getByRole('menuitem', { name: 'Check microphone and camera' }).click()
  const dialog = ann.page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Turn camera on' }).click()
  await dialog.locator('video').waitFor()
  await dialog.getByRole('button', { name: 'Join voice', exact: true }).click()
  await ann.page.getByText('The camera could not be opened').waitFor()
  await button(ann, 'Camera on').waitFor()
  expectNoComplaints(ann)
})

it('who chooses a camera that can’t be opened is told so, and keeps the one before', async () => {
  const ann = await newSpeaker()
  await ann.context.addInitScript(() => {
    const { mediaDevices } = navigator
    const ask = mediaDevices.getUserMedia.bind(mediaDevices)
    const list = mediaDevices.enumerateDevices.bind(mediaDevices)
    let asked = 0
    mediaDevices.getUserMedia = async (wish) => {
      if (wish?.video && ++asked > 1) throw new DOMException('In use.', 'NotReadableError')
      return ask(wish)
    }
    mediaDevices.enumerateDevices = async () => {
      const devices = await list()
      const other = { deviceId: 'other', kind: 'videoinput' as const, label: 'Other camera', groupId: 'other' }
      return [...devices, { ...other, toJSON: () => other }]
    }
  })
  await createRoom(ann, site.server.url)
  await joinVoice(ann)
  await button(ann, 'Camera on').click()
  await button(ann, 'Camera off').waitFor()
  await button(ann, 'More: devices and settings').click()
  await ann.page.getByRole('menuitemradio', { name: 'Other camera' }).click()
  await ann.page.getByText('That device could not be used. Choose another one.').waitFor()
  await ann.page.keyboard.press('Escape')
  await button(ann, 'Camera off').waitFor()
  expectNoComplaints(ann)
})

it('axe finds nothing before joining, and in the call with and without pictures (phone)', async () => {
  const { ann } = await twoInVoice({ device: 'phone' })
  await expectAccessibleCall(ann)
  await button(ann, 'Leave voice').click()
  await expectAccessibleCheck(ann)
  expectNoComplaints(ann)
})
