import { ParleyError } from '../parley-error.ts'
import type { CaptureFailure } from './capture.ts'

/** Why there is no camera, for a person. */
export const cameraError = (failure: CaptureFailure): ParleyError =>
  failure === 'blocked'
    ? new ParleyError('FORBIDDEN', 'The browser does not allow the camera. Allow it beside the address, and try again.')
    : new ParleyError('UNAVAILABLE', 'No camera can be opened. Connect one, or close what uses it, and try again.')
