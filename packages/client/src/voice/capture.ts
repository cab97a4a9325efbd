import type { MicrophoneSettings } from './voice-types.ts'

/** Why there is no track. `blocked`: not allowed, by the browser or the person. */
export type CaptureFailure = 'blocked' | 'missing'

export interface Captured {
  readonly track: MediaStreamTrack | null
  readonly failure: CaptureFailure | null
  /** The chosen device was not there; this is the default one. */
  readonly isSubstitute: boolean
}

const failureOf = (error: unknown): CaptureFailure => {
  const name = error instanceof DOMException ? error.name : ''
  return name === 'NotAllowedError' || name === 'SecurityError' ? 'blocked' : 'missing'
}

async function captured(
  deviceId: string | null,
  open: (device: MediaTrackConstraints) => Promise<MediaStream>,
): Promise<Captured> {
  // Pages without TLS have no devices.
  if (navigator.mediaDevices === undefined) return { track: null, failure: 'blocked', isSubstitute: false }
  const first = async (device: MediaTrackConstraints): Promise<MediaStreamTrack | null> =>
    (await open(device)).getTracks()[0] ?? null
  try {
    const track = await first(deviceId === null ? {} : { deviceId: { exact: deviceId } })
    return { track, failure: null, isSubstitute: false }
  } catch (error) {
    const failure = failureOf(error)
    if (deviceId === null || failure === 'blocked') return { track: null, failure, isSubstitute: false }
    const track = await first({}).catch(() => null)
    return { track, failure: track === null ? 'missing' : null, isSubstitute: track !== null }
  }
}

/** Opens a microphone; `null`: the default one. Never rejects. */
export function captureMicrophone(deviceId: string | null, settings: MicrophoneSettings): Promise<Captured> {
  const { music } = settings
  return captured(deviceId, (device) =>
    navigator.mediaDevices.getUserMedia({
      audio: {
        ...device,
        echoCancellation: settings.echoCancellation && !music,
        noiseSuppression: settings.noiseSuppression && !music,
        autoGainControl: settings.autoGainControl && !music,
        channelCount: music ? 2 : 1,
      },
    }),
  )
}

/** Opens a camera; `null`: the default one. Never rejects. */
export function captureCamera(deviceId: string | null, height: number): Promise<Captured> {
  return captured(deviceId, (device) =>
    navigator.mediaDevices.getUserMedia({
      video: {
        ...device,
        width: { ideal: Math.round((height * 16) / 9) },
        height: { ideal: height },
        frameRate: { ideal: 30, max: 30 },
      },
    }),
  )
}

/** Asks the person what to share; with the sound of a tab. Rejects with the browser's error. */
export async function captureScreen(): Promise<{
  readonly video: MediaStreamTrack
  readonly audio: MediaStreamTrack | null
}> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { ideal: 15, max: 30 } },
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  })
  const [video] = stream.getVideoTracks()
  if (video === undefined) throw new DOMException('Nothing was shared.', 'NotFoundError')
  // Letters before movement.
  video.contentHint = 'detail'
  return { video, audio: stream.getAudioTracks()[0] ?? null }
}
