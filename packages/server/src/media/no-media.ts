import { DomainError, type MediaPlane } from '@parley/core'

const unavailable = () =>
  new DomainError('MEDIA_UNAVAILABLE', 'Voice and video are switched off on this server. Write instead.')

/** Nobody talks here. */
export function createNoMedia(): MediaPlane {
  const refuse = async (): Promise<never> => {
    throw unavailable()
  }
  const nothing = async (): Promise<void> => undefined

  return {
    topology: 'mesh',
    // Nobody is turned away for want of a place: there is none for anybody.
    capacity: () => Number.MAX_SAFE_INTEGER,
    join: refuse,
    signal: refuse,
    startRecording: refuse,
    leave: nothing,
    restrict: nothing,
    stopRecording: nothing,
    locate: nothing,
    close: nothing,
    onEvent: () => undefined,
  }
}
