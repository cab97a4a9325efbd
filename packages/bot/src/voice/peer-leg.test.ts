import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { createPeerLeg } from './peer-leg.ts'
import { loadWebRtc } from './webrtc.ts'

/** Two legs that carry a packet, and are closed: nothing else ends the program. */
const PROGRAM = `
const { createPeerLeg } = await import(${JSON.stringify(new URL('./peer-leg.ts', import.meta.url).href)})
const { loadWebRtc } = await import(${JSON.stringify(new URL('./webrtc.ts', import.meta.url).href)})
const rtc = await loadWebRtc()
const nothing = () => undefined
const heard = Promise.withResolvers()
const onTrack = (track) => track.onMessage(() => heard.resolve())
const open = (name) => createPeerLeg({ rtc, name, iceServers: [], onTrack, onCandidate: nothing, onState: nothing })
const one = open('one')
const other = open('other')
const line = { mid: 'mic', direction: 'SendOnly', payloadType: 111, levelId: 1, ssrc: 1, streamId: 'one' }
const track = one.addLine(line)
one.accept(await other.answer(await one.offer()))
const packet = Buffer.alloc(15)
packet.set([0x80, 111])
packet[11] = 1
const sending = setInterval(() => track.isOpen() && track.sendMessageBinary(packet), 20)
await heard.promise
clearInterval(sending)
one[Symbol.dispose]()
other[Symbol.dispose]()
console.log('done')
`

it('a program ends by itself when its legs are closed', async () => {
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM], { timeout: 50_000 })
  expect((await run).stdout).toBe('done\n')
})

it('says so when there is nothing to offer or to answer, and the program goes on', async () => {
  const rtc = await loadWebRtc()
  const nothing = () => undefined
  const open = (name: string) =>
    createPeerLeg({ rtc, name, iceServers: [], onTrack: nothing, onCandidate: nothing, onState: nothing })
  using one = open('one')
  using other = open('other')
  one.addLine({ mid: 'mic', direction: 'SendOnly', payloadType: 111, levelId: 1, ssrc: 1, streamId: 'one' })
  const offer = await one.offer()
  await expect(one.offer()).rejects.toThrow('no offer now')
  other[Symbol.dispose]()
  await expect(other.answer(offer)).rejects.toThrow('was closed')
  await expect(other.offer()).rejects.toThrow('no offer now')
})
