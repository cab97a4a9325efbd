/**
 * Asks for audio packets that carry their forerunners along (RFC 2198), which lets speech survive loss. It is for
 * connections between people; media servers don't take it.
 */
export function preferRedundancy(connection: RTCPeerConnection): void {
  const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? []
  const isRedundant = ({ mimeType }: RTCRtpCodec): boolean => mimeType.toLowerCase() === 'audio/red'
  if (!codecs.some(isRedundant)) return
  const ordered = [...codecs.filter(isRedundant), ...codecs.filter((codec) => !isRedundant(codec))]
  for (const transceiver of connection.getTransceivers()) {
    if (transceiver.receiver.track.kind === 'audio' && transceiver.mid === null)
      transceiver.setCodecPreferences(ordered)
  }
}
