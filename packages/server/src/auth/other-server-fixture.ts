import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of somebody else's on this machine: an identity provider, a main site. */
export interface OtherServer extends AsyncDisposable {
  readonly url: string
  /** What it was asked, oldest first. */
  readonly requests: {
    readonly method: string
    readonly url: string
    readonly authorization: string
    readonly body: string
  }[]
  /** Takes no more connections, as a machine that is off. */
  stop(): Promise<void>
  /** Answers again, at the same address. */
  start(): Promise<void>
}

export async function openOtherServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<OtherServer> {
  const requests: OtherServer['requests'] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const { method = '', url = '', headers } = request
    requests.push({ method, url, authorization: headers.authorization ?? '', body })
    answer(request, response)
  })
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stop,
    start: () => listen(port),
    [Symbol.asyncDispose]: stop,
  }
}
