import type { Track } from 'node-datachannel'
import { expect, it } from 'vitest'
import { sendOnTrack } from './send-on-track.ts'

/** A track that fails to send; open each time that it is asked, or the first time alone. */
function failingTrack(staysOpen: boolean): Track {
  let looks = 0
  const track: Pick<Track, 'isOpen' | 'sendMessageBinary'> = {
    isOpen: () => {
      looks += 1
      return looks === 1 || staysOpen
    },
    sendMessageBinary() {
      throw new Error('Track is closed')
    },
  }
  return track as Track
}

it('is silent about a track that was closed between the look and the sending, and about no other failure', () => {
  const make = () => Buffer.alloc(1)
  expect(() => sendOnTrack(failingTrack(false), make)).not.toThrow()
  expect(() => sendOnTrack(failingTrack(true), make)).toThrow('Track is closed')
})
