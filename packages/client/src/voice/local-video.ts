import { ParleyError } from '../parley-error.ts'
import { cameraError } from './camera-error.ts'
import { captureCamera, captureScreen } from './capture.ts'
import type { VideoSource } from './voice-types.ts'
import type { StreamSource } from './voice-wire.ts'

export interface LocalVideoOptions {
  readonly deviceId: () => string | null
  /** In place of a camera. */
  readonly given: () => MediaStreamTrack | null
  /** The height of the camera's picture, in pixels. */
  readonly height: () => number
  readonly onTrack: (source: Exclude<StreamSource, 'mic'>, track: MediaStreamTrack | null) => void
  /** The device went away, or the person stopped sharing in the browser's own bar. */
  readonly onEnded: (source: VideoSource) => void
}

/** Our camera and our screen. */
export interface LocalVideo {
  readonly camera: MediaStreamTrack | null
  readonly screen: MediaStreamTrack | null
  streams(): readonly { readonly source: VideoSource; readonly stream: MediaStream }[]
  /** Opens it, or another one in its place. Resolves with why it could not be. */
  openCamera(): Promise<ParleyError | null>
  closeCamera(): void
  /** `announce` is called once the person has chosen, and may reject. */
  openScreen(announce: () => Promise<void>): Promise<ParleyError | null>
  closeScreen(): void
  /** For good: what is opened by then, or being opened, is stopped. */
  close(): void
}

export function createLocalVideo({ deviceId, given, height, onTrack, onEnded }: LocalVideoOptions): LocalVideo {
  const streams = new Map<VideoSource, MediaStream>()
  let screenAudio: MediaStreamTrack | null = null
  let isClosed = false

  const trackOf = (source: VideoSource): MediaStreamTrack | null => streams.get(source)?.getVideoTracks()[0] ?? null

  function put(source: VideoSource, track: MediaStreamTrack | null): void {
    // Allowed by the person when the call was over already.
    if (isClosed) {
      track?.stop()
      return
    }
    const before = trackOf(source)
    if (track === null) streams.delete(source)
    else {
      streams.set(source, new MediaStream([track]))
      track.addEventListener('ended', () => trackOf(source) === track && onEnded(source))
    }
    if (before !== track) {
      onTrack(source, track)
      before?.stop()
    }
  }

  function putScreenAudio(track: MediaStreamTrack | null): void {
    if (isClosed) {
      track?.stop()
      return
    }
    if (screenAudio === track) return
    screenAudio?.stop()
    screenAudio = track
    onTrack('screen-audio', track)
  }

  function closeScreen(): void {
    put('screen', null)
    putScreenAudio(null)
  }

  return {
    get camera() {
      return trackOf('camera')
    },
    get screen() {
      return trackOf('screen')
    },
    streams: () => [...streams].map(([source, stream]) => ({ source, stream })),
    async openCamera() {
      const copy = given()?.clone()
      if (copy !== undefined) {
        put('camera', copy)
        return null
      }
      const { track, failure } = await captureCamera(deviceId(), height())
      if (track !== null) put('camera', track)
      return failure === null ? null : cameraError(failure)
    },
    closeCamera: () => put('camera', null),
    async openScreen(announce) {
      try {
        const { video, audio } = await captureScreen()
        try {
          await announce()
        } catch (error) {
          video.stop()
          audio?.stop()
          throw error
        }
        put('screen', video)
        putScreenAudio(audio)
        return null
      } catch (error) {
        if (error instanceof ParleyError) return error
        return new ParleyError('FORBIDDEN', 'Nothing is shared: choose a screen, a window or a tab, and allow it.')
      }
    },
    closeScreen,
    close() {
      put('camera', null)
      closeScreen()
      isClosed = true
    },
  }
}
