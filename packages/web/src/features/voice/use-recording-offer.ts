import { useVoice } from './use-voice.ts'

/**
 * Whether a recording can be asked for at all: only a media server records, and never what it can't read. Whether this
 * deployment allows it is said in answer.
 */
export const useRecordingOffer = (): boolean =>
  useVoice(({ topology, isEncrypted }) => topology === 'sfu' && !isEncrypted)
