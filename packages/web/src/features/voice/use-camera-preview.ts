import { openCameraPreview } from '@parley/client/voice'
import { useEffect, useState } from 'react'
import { useVoicePreferences } from '../../platform/voice-preferences.ts'
import { refreshDevices } from './use-devices.ts'

export interface CameraPreview {
  readonly stream: MediaStream | null
  /** Wanted; the picture may still be on its way. */
  readonly isOn: boolean
  readonly isStarting: boolean
  readonly hasFailed: boolean
  start: () => void
  stop: () => void
}

/** One's own picture before joining: off until it is asked for, gone when `isShown` ends. */
export function useCameraPreview(isShown: boolean): CameraPreview {
  const { cameraId } = useVoicePreferences().devices
  const [isOn, setIsOn] = useState(false)
  const [stream, setStream] = useState<MediaStream | null>(null)
  const [hasFailed, setHasFailed] = useState(false)
  useEffect(() => {
    if (!isOn || !isShown) return
    let isOver = false
    const opened = openCameraPreview(cameraId)
    opened.then(
      (preview) => {
        if (isOver) return
        setStream(preview.stream)
        refreshDevices()
      },
      () => {
        if (isOver) return
        setHasFailed(true)
        setIsOn(false)
      },
    )
    return () => {
      isOver = true
      setStream(null)
      opened.then(
        (preview) => preview.close(),
        () => undefined,
      )
    }
  }, [isOn, isShown, cameraId])
  return {
    stream,
    isOn,
    isStarting: isOn && stream === null,
    hasFailed,
    start() {
      setHasFailed(false)
      setIsOn(true)
    },
    stop: () => setIsOn(false),
  }
}
