import { Agent, request } from 'node:http'

export interface HttpAnswer {
  readonly status: number
  readonly type: string
  readonly body: string
}

export interface HttpCall {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** After so long the client goes away. */
  readonly patienceMs: number
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })

/** The answer; `null` when the connection ended without one, by whichever side. */
export function callHttp({ method, url, headers = {}, body, patienceMs }: HttpCall): Promise<HttpAnswer | null> {
  return new Promise((resolve) => {
    const call = request(url, { method, headers, agent, signal: AbortSignal.timeout(patienceMs) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', () => resolve(null))
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    call.once('error', () => resolve(null))
    call.end(body)
  })
}

export const closeIdleCalls = (): void => agent.destroy()
