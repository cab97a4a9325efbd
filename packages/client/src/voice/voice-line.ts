import type { Answer, ClientData, ClientEvent } from '@parley/protocol/messenger'
import { ParleyError } from '../parley-error.ts'
import type { VoiceLine } from './voice-wire.ts'

type Request = <E extends ClientEvent>(event: E, data: ClientData<E>) => Promise<Answer<E>>

export interface VoiceLineOptions {
  readonly chatId: () => string
  readonly isIn: () => boolean
  /** Waits until we are in the chat. */
  readonly act: Request
  readonly request: Request
}

/** Voice's way to the server: the chat's own. */
export function createVoiceLine({ chatId, isIn, act, request }: VoiceLineOptions): VoiceLine {
  return {
    request: (event, data) => act(event as ClientEvent, { chatId: chatId(), ...data } as never),
    async send(event, data) {
      if (!isIn()) throw new ParleyError('UNAVAILABLE', 'There is no connection to the chat.')
      return request(event as ClientEvent, { chatId: chatId(), ...data } as never)
    },
  }
}
