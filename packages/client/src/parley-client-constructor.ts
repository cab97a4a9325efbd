import { createParleyClient } from './parley-client.ts'
import type { ParleyClient as Client, ParleyClientOptions } from './types.ts'

/** One connection to a Parley server, and the chats that are open on it. */
export type ParleyClient = Client

/** Makes one; with `new` or without. */
export const ParleyClient = function ParleyClient(options: ParleyClientOptions): Client {
  return createParleyClient(options)
} as unknown as { (options: ParleyClientOptions): Client; new (options: ParleyClientOptions): Client }
