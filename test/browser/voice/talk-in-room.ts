import { expect } from 'vitest'
import type { Talker, TalkerRoom } from './voice-room.ts'

/** Long enough to be sure that nothing comes. */
const SILENCE_MS = 700

const join = (talker: Talker): Promise<void> => talker.page.evaluate(() => window.talker.join())
const settle = (talker: Talker): Promise<void> => talker.page.waitForTimeout(SILENCE_MS)
const phase = ({ page }: Talker) => page.evaluate(() => window.talker.voice.getSnapshot().phase)
const self = ({ page }: Talker) => page.evaluate(() => window.talker.voice.getSnapshot().self)

/** Two talk, a third comes late; they mute, are muted, push to talk and are put out; all of it in the sound received. */
export async function talkInRoom(room: TalkerRoom, hear: () => Promise<void> = async () => undefined): Promise<void> {
  const host = await room.enter(440)
  const ann = await room.enter(660)
  await join(host)
  await join(ann)
  await expect.poll(host.hears).toEqual([660])
  await expect.poll(ann.hears).toEqual([440])

  const late = await room.enter(880)
  await join(late)
  await expect.poll(late.hears).toEqual([440, 660])
  await expect.poll(host.hears).toEqual([660, 880])
  await expect.poll(ann.hears).toEqual([440, 880])
  await hear()

  await ann.page.evaluate(() => window.talker.voice.setMuted(true))
  await expect.poll(host.hears).toEqual([880])
  await ann.page.evaluate(() => window.talker.voice.setMuted(false))
  await expect.poll(host.hears).toEqual([660, 880])

  await late.page.evaluate((id) => window.talker.voice.setVolume(id, 0), ann.userId)
  await expect.poll(late.hears).toEqual([440])
  await late.page.evaluate(() => window.talker.voice.setDeafened(true))
  await expect.poll(late.hears).toEqual([])
  await late.page.evaluate(() => window.talker.voice.setDeafened(false))
  await late.page.evaluate((id) => window.talker.voice.setVolume(id, 1), ann.userId)
  await expect.poll(late.hears).toEqual([440, 660])

  await pushToTalk(ann, host)

  await host.page.evaluate((id) => window.talker.voice.muteMember(id, { hard: true }), ann.userId)
  await expect.poll(host.hears).toEqual([880])
  await expect.poll(() => self(ann)).toMatchObject({ muted: true, hardMuted: true })
  await ann.page.evaluate(() => window.talker.voice.setMuted(false))
  await settle(host)
  expect(await host.hears()).toEqual([880])
  await host.page.evaluate((id) => window.talker.voice.muteMember(id, { muted: false }), ann.userId)
  await expect.poll(() => self(ann)).toMatchObject({ hardMuted: false })
  // Nobody is unmuted from afar.
  expect(await self(ann)).toMatchObject({ muted: true })
  await ann.page.evaluate(() => window.talker.voice.setMuted(false))
  await expect.poll(host.hears).toEqual([660, 880])

  await host.page.evaluate((id) => window.talker.chat.kick(id, false), ann.userId)
  await expect.poll(host.hears).toEqual([880])
  await expect.poll(late.hears).toEqual([440])
  await expect.poll(ann.hears).toEqual([])
  expect(await phase(ann)).toBe('failed')
}

async function pushToTalk(talker: Talker, listener: Talker): Promise<void> {
  const others = (await listener.hears()).filter((tone) => tone !== talker.tone)
  const all = await listener.hears()
  await talker.page.evaluate(() => window.talker.voice.setMicrophone({ mode: 'push-to-talk' }))
  await expect.poll(listener.hears).toEqual(others)
  await talker.page.evaluate(() => window.talker.voice.press(true))
  await expect.poll(listener.hears).toEqual(all)
  await talker.page.evaluate(() => window.talker.voice.press(false))
  await expect.poll(listener.hears).toEqual(others)
  // The window loses the focus with the key held: its release will never be told.
  await talker.page.evaluate(() => window.talker.voice.press(true))
  await expect.poll(listener.hears).toEqual(all)
  await talker.page.evaluate(() => window.dispatchEvent(new Event('blur')))
  await expect.poll(listener.hears).toEqual(others)
  expect(await talker.page.evaluate(() => window.talker.cues.filter((cue) => cue.startsWith('ptt')))).toEqual([
    'ptt-on',
    'ptt-off',
    'ptt-on',
    'ptt-off',
  ])
  await talker.page.evaluate(() => window.talker.voice.setMicrophone({ mode: 'open' }))
  await expect.poll(listener.hears).toEqual(all)
}
