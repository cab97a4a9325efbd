import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'

const IDLE_STEP_MS = 50

/** The server can not start for a reason that the person starting it can change; the message says how. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** Listens; resolves with the port. Throws `StartError` when the address can't be had. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ host, port }, resolve)
  try {
    await promise
  } catch (error) {
    throw explain(error, host, port)
  } finally {
    server.off('error', reject)
  }
  return (server.address() as AddressInfo).port
}

function explain(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'EADDRINUSE') {
    return new StartError(
      `Port ${port} on ${host} is taken by another program. Stop that program, or set PORT to a free port, such as PORT=${port + 1}.`,
    )
  }
  if (code === 'EACCES') {
    return new StartError(`This user may not listen on port ${port}. Set PORT to one above 1023, such as PORT=3010.`)
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new StartError(
      `This machine has no address ${host}. Set HOST to one of its own, such as HOST=127.0.0.1, or to 0.0.0.0 for all.`,
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

/** Stops accepting, lets what is being answered finish for at most `ms`, then ends what is left. */
export async function stopListening(server: Server, ms: number): Promise<void> {
  if (!server.listening) return
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeIdleConnections()
  // A connection whose answer is out by now is idle too, and would be kept for the next request.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_STEP_MS)
  const timer = setTimeout(() => server.closeAllConnections(), ms)
  await promise
  clearInterval(idle)
  clearTimeout(timer)
}
