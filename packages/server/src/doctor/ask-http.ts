import { type IncomingMessage, type OutgoingHttpHeaders, request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'
import type { TLSSocket } from 'node:tls'

export interface HttpAnswer {
  readonly answer: IncomingMessage
  readonly body: string
  /** How many days the certificate is good for; `null` without one. */
  readonly daysLeft: number | null
}

const TIMEOUT_MS = 8000
const DAY_MS = 86_400_000

/** One request over a connection of its own. Rejects when nobody answers, and unless told otherwise for a certificate that browsers would refuse. */
export function askHttp(
  url: URL,
  { isAnyCertificateGood = false, headers = {} as OutgoingHttpHeaders } = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestTls : requestPlain
    const options = { agent: false, timeout: TIMEOUT_MS, rejectUnauthorized: !isAnyCertificateGood, headers }
    const request = send(url, options, (answer) => {
      const validTo = (answer.socket as Partial<TLSSocket>).getPeerCertificate?.().valid_to
      const daysLeft = validTo === undefined ? null : Math.floor((Date.parse(validTo) - Date.now()) / DAY_MS)
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        body += chunk
      })
      answer.once('end', () => resolve({ answer, body, daysLeft }))
      answer.once('error', reject)
    })
    request.once('timeout', () => request.destroy(new Error('it does not answer')))
    request.once('error', reject)
    request.end()
  })
}
