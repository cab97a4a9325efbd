export { type CameraPreview, openCameraPreview } from './camera-preview.ts'
export { type CheckLinesOptions, checkLines, type LineReport, type LineResult } from './check-lines.ts'
export {
  createDeviceList,
  type DeviceList,
  type DeviceListSnapshot,
  type DevicePermission,
  type MediaDevice,
} from './device-list.ts'
export { DEFAULT_MICROPHONE } from './microphone-settings.ts'
export {
  createMicrophoneTest,
  type MicrophoneTest,
  type MicrophoneTestOptions,
  type MicrophoneTestSnapshot,
} from './microphone-test.ts'
export { createPushToTalk, type PushToTalk, type PushToTalkOptions } from './push-to-talk.ts'
export type * from './voice-types.ts'
