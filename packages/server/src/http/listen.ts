import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { networkInterfaces } from 'node:os'

const IDLE_STEP_MS = 50

/** The server can not start for a reason that the person starting it can change; the message says how. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** The settings by which a person chooses where a server listens. */
export interface ListenSettings {
  readonly host: string
  readonly port: string
  /** No other process serves the same port, also when this is one of several workers. */
  readonly isOwn?: boolean
}

export const MAIN_SETTINGS: ListenSettings = { host: 'HOST', port: 'PORT' }
export const METRICS_SETTINGS: ListenSettings = { host: 'HOST', port: 'METRICS_PORT' }

/** Listens; resolves with the port. Throws `StartError` when the address can't be had. */
export async function listen(
  server: Server,
  host: string,
  port: number,
  settings: ListenSettings = MAIN_SETTINGS,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port, exclusive: settings.isOwn === true }, resolve)
  try {
    await promise
  } catch (error) {
    throw explain(error, host, port, settings)
  } finally {
    server.off('error', reject)
  }
  return (server.address() as AddressInfo).port
}

function explain(error: unknown, host: string, port: number, settings: ListenSettings): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} on ${host} is taken by another program. Stop that program, or set ${settings.port} to a free port, such as ${settings.port}=${port + 1}.`,
    )
  }
  if (code === 'EACCES') {
    return new StartError(
      `This user may not listen on port ${port}. Set ${settings.port} to one above 1023, such as ${settings.port}=3010.`,
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartError(
      `This machine has no address ${host}. Set ${settings.host} to one of its own, such as ${settings.host}=127.0.0.1.`,
    )
  }
  return error
}

/** Where people reach a server that listens on `host`: the first is for this machine. */
export function reachableUrls(host: string, port: number, scheme: 'http' | 'https'): [string, ...string[]] {
  const url = (address: string): string => `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`
  if (host !== '0.0.0.0' && host !== '::') return [url(host)]
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
  return [url('127.0.0.1'), ...others.map(({ address }) => url(address))]
}

/** Every connection of the server from now on, whatever it became; returns what ends them all. */
export function trackConnections(server: Server): () => void {
  const open = new Set<Socket>()
  // One function for all of them: there may be very many.
  function forget(this: Socket): void {
    open.delete(this)
  }
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('close', forget)
  })
  return () => {
    for (const socket of open) socket.destroy()
  }
}

/** Accepts nobody any more: whoever would come goes to another node at once. Connections that are there stay. */
export function stopAccepting(server: Server): void {
  if (server.listening) server.close()
}

/** Stops accepting, lets what is being answered finish for at most `ms`, then ends what is left with `cut`. */
export async function stopListening(
  server: Server,
  ms: number,
  cut: () => void = () => server.closeAllConnections(),
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.once('close', resolve)
  if (server.listening) server.close()
  else server.getConnections((_error, count) => count === 0 && resolve())
  server.closeIdleConnections()
  // A connection whose answer is out by now is idle too, and would be kept for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_STEP_MS)
  const timer = setTimeout(cut, ms)
  await promise
  clearInterval(idle)
  clearTimeout(timer)
}
