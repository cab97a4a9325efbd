/** What is sent of a microphone. */
export interface SentSound {
  readonly track: MediaStreamTrack
  /** The sound, or silence. At once. */
  transmit(isOn: boolean): void
  /** With voice activation: loud enough, or not. */
  gate(isOpen: boolean): void
  close(): void
}

/** The gate opens a moment after the first loud sample; what is sent lags as much behind, so that words begin whole. */
const LOOK_AHEAD_SECONDS = 0.08
const OPEN_SECONDS = 0.01
const CLOSE_SECONDS = 0.05

/** The track itself goes on being heard by the meter, so what is sent is a copy that can be silent. */
export function createSentSound(context: AudioContext, heard: MediaStreamTrack, isGated: boolean): SentSound {
  const { track, gate, close } = isGated ? gated(context, heard) : plain(heard)
  track.contentHint = heard.contentHint
  return {
    track,
    transmit(isOn) {
      track.enabled = isOn
    },
    gate,
    close() {
      close()
      track.stop()
    },
  }
}

interface Path {
  readonly track: MediaStreamTrack
  readonly gate: (isOpen: boolean) => void
  readonly close: () => void
}

const plain = (heard: MediaStreamTrack): Path => ({
  track: heard.clone(),
  gate: () => undefined,
  close: () => undefined,
})

function gated(context: AudioContext, heard: MediaStreamTrack): Path {
  const source = context.createMediaStreamSource(new MediaStream([heard]))
  const delay = context.createDelay(LOOK_AHEAD_SECONDS * 2)
  delay.delayTime.value = LOOK_AHEAD_SECONDS
  const gain = context.createGain()
  gain.gain.value = 0
  const sink = context.createMediaStreamDestination()
  source.connect(delay).connect(gain).connect(sink)
  const [track] = sink.stream.getAudioTracks()
  if (track === undefined) throw new DOMException('An audio destination has no track.', 'NotFoundError')
  let wasOpen = false
  return {
    track,
    gate(isOpen) {
      if (isOpen === wasOpen) return
      wasOpen = isOpen
      gain.gain.setTargetAtTime(isOpen ? 1 : 0, context.currentTime, (isOpen ? OPEN_SECONDS : CLOSE_SECONDS) / 3)
    },
    close() {
      source.disconnect()
      gain.disconnect()
    },
  }
}
