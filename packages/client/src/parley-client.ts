import { ParleyError } from './parley-error.ts'
import type { ParleyClient, ParleyClientOptions } from './types.ts'

/** One connection to a Parley server, and the chats that are open on it. Connects when told, or with the first chat. */
export function createParleyClient(options: ParleyClientOptions): ParleyClient {
  throw new ParleyError('UNAVAILABLE', `No transport to ${options.url ?? 'this page'} yet.`)
}
