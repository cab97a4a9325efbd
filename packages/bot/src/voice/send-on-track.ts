import type { Track } from 'node-datachannel'

/** Sends what `make` gives, if the track is open: libdatachannel closes it in a thread of its own, also after we looked. */
export function sendOnTrack(track: Track | null | undefined, make: () => Buffer): void {
  if (!track?.isOpen()) return
  try {
    track.sendMessageBinary(make())
  } catch (error) {
    if (track.isOpen()) throw error
  }
}
