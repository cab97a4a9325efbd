import { expect } from 'vitest'
import type { Tone } from './talker-page.ts'
import type { Talker, TalkerRoom } from './voice-room.ts'

/** Long enough to be sure that nothing comes. */
const SILENCE_MS = 700

/** Sound may drop out on a busy machine: who is not heard at one moment says nothing, who is heard never does. */
const expectSilence = async (listener: Talker, tone: Tone): Promise<void> =>
  expect(
    await listener.page.evaluate(([ms, of]) => window.talker.hearsWithin(ms, of), [SILENCE_MS, tone] as const),
  ).toBe(false)
const join = (talker: Talker): Promise<void> => talker.page.evaluate(() => window.talker.join())
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

  await expect.poll(host.hears).toEqual([660, 880])
  await pushToTalk(ann, host)

  await host.page.evaluate((id) => window.talker.voice.muteMember(id, { hard: true }), ann.userId)
  await expect.poll(host.hears).toEqual([880])
  await expect.poll(() => self(ann)).toMatchObject({ muted: true, hardMuted: true })
  await ann.page.evaluate(() => window.talker.voice.setMuted(false))
  await expectSilence(host, ann.tone)
  await expect.poll(host.hears).toEqual([880])
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
  await expect.poll(() => phase(ann)).toBe('failed')

  // Who comes again is heard, and hears, as the first time.
  await late.page.evaluate(() => window.talker.voice.leave())
  await expect.poll(host.hears).toEqual([])
  await join(late)
  await expect.poll(host.hears).toEqual([880])
  await expect.poll(late.hears).toEqual([440])
}

async function pushToTalk(talker: Talker, listener: Talker): Promise<void> {
  const all = await listener.hears()
  const others = all.filter((tone) => tone !== talker.tone)
  const cues = () => talker.page.evaluate(() => window.talker.cues.filter((cue) => cue.startsWith('ptt')))
  const press = (isDown: boolean) => talker.page.evaluate((down) => window.talker.voice.press(down), isDown)
  await talker.page.evaluate(() => window.talker.voice.setMicrophone({ mode: 'push-to-talk' }))
  await expect.poll(listener.hears).toEqual(others)
  await press(true)
  await expect.poll(listener.hears).toEqual(all)
  await press(false)
  // By the cue, not by the ear: silence may be a gap, and a press before the end of the word is the same press.
  await expect.poll(cues).toEqual(['ptt-on', 'ptt-off'])
  await expect.poll(listener.hears).toEqual(others)
  // The window loses the focus with the key held: its release will never be told.
  await press(true)
  await expect.poll(cues).toEqual(['ptt-on', 'ptt-off', 'ptt-on'])
  await expect.poll(listener.hears).toEqual(all)
  await talker.page.evaluate(() => window.dispatchEvent(new Event('blur')))
  await expect.poll(cues).toEqual(['ptt-on', 'ptt-off', 'ptt-on', 'ptt-off'])
  await expect.poll(listener.hears).toEqual(others)
  await talker.page.evaluate(() => window.talker.voice.setMicrophone({ mode: 'open' }))
  await expect.poll(listener.hears).toEqual(all)
}
