/** What a sealed frame fits into, in every browser (RFC 7742, RFC 7874); `rtx` is what was lost, once more. */
const SEALABLE = ['audio/opus', 'video/vp8', 'video/rtx']

/**
 * Before an offer or an answer of a connection whose frames are encrypted: other codecs, RED among them, are put into
 * packets by what stands in their frames, and show more of it than we say.
 */
export function restrictCodecs(connection: RTCPeerConnection): void {
  for (const transceiver of connection.getTransceivers()) {
    if (transceiver.currentDirection === 'stopped') continue
    const { codecs = [] } = RTCRtpReceiver.getCapabilities(transceiver.receiver.track.kind) ?? {}
    transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => SEALABLE.includes(mimeType.toLowerCase())))
  }
}
