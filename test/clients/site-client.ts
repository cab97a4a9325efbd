import { site } from '@parley/protocol'
import { openWireSocket, type Transport, type WireSocket } from './wire-socket.ts'

/** Connects to the site wire without a token and authenticates; rejects when either fails. */
export async function openSiteClient(
  url: string,
  token: string,
  transport: Transport = 'websocket',
): Promise<WireSocket<typeof site>> {
  const client = await openWireSocket(site, url, { transport })
  await Promise.race([
    client.ask('authenticate', { token }),
    client.ended.then((reason) => Promise.reject(new Error(`ended before it was authenticated: ${reason}`))),
  ])
  return client
}
