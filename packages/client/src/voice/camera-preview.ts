import { cameraError } from './camera-error.ts'
import { captureCamera } from './capture.ts'

export interface CameraPreview extends AsyncDisposable {
  readonly stream: MediaStream
  /** The chosen camera was not there; this is the default one. */
  readonly isSubstitute: boolean
  close(): void
}

const HEIGHT = 720

/** Opens a camera to look at oneself before joining; `null`: the default one. Rejects with `ParleyError`. */
export async function openCameraPreview(cameraId: string | null = null): Promise<CameraPreview> {
  const { track, failure, isSubstitute } = await captureCamera(cameraId, HEIGHT)
  if (track === null) throw cameraError(failure ?? 'missing')
  const close = (): void => track.stop()
  return { stream: new MediaStream([track]), isSubstitute, close, [Symbol.asyncDispose]: async () => close() }
}
