import type { StreamSource } from './voice-wire.ts'

const SPEECH_BITRATE = 40_000
const MUSIC_BITRATE = 128_000
const SCREEN_BITRATE = 2_500_000
/** For a camera whose picture is sent to each person separately. */
const MESH_CAMERA_BITRATE = 600_000

/** How a stream is encoded: sound before pictures on a poor line, cameras in three sizes where the server chooses among them. */
export function encodingsOf(
  source: StreamSource,
  options: { readonly isMusic: boolean; readonly isSimulcast: boolean },
): RTCRtpEncodingParameters[] {
  switch (source) {
    case 'mic':
    case 'screen-audio':
      return [
        {
          maxBitrate: options.isMusic || source === 'screen-audio' ? MUSIC_BITRATE : SPEECH_BITRATE,
          priority: 'high',
          networkPriority: 'high',
        },
      ]
    case 'screen':
      return [{ maxBitrate: SCREEN_BITRATE, priority: 'low', networkPriority: 'low' }]
    case 'camera':
      if (!options.isSimulcast) return [{ maxBitrate: MESH_CAMERA_BITRATE, priority: 'low', networkPriority: 'low' }]
      // The largest first: media servers count layers in this order.
      return [
        { rid: 'h', maxBitrate: 900_000, priority: 'low', networkPriority: 'low' },
        { rid: 'm', maxBitrate: 300_000, scaleResolutionDownBy: 2, priority: 'low', networkPriority: 'low' },
        { rid: 'l', maxBitrate: 100_000, scaleResolutionDownBy: 4, priority: 'low', networkPriority: 'low' },
      ]
  }
}

/** Makes a sender that is there already encode in this way. One that can't yet, goes on as it is. */
export async function tuneSender(sender: RTCRtpSender, source: StreamSource, isMusic: boolean): Promise<void> {
  const parameters = sender.getParameters()
  if (parameters.encodings.length !== 1) return
  const [wanted] = encodingsOf(source, { isMusic, isSimulcast: false })
  parameters.encodings = parameters.encodings.map((encoding) => ({ ...encoding, ...wanted }))
  parameters.degradationPreference = source === 'screen' ? 'maintain-resolution' : 'balanced'
  await sender.setParameters(parameters).catch(() => undefined)
}
