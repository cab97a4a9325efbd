import { connect } from 'node:net'
import type { Attack, AttackContext } from './attack.ts'
import type { BytesInput } from './input.ts'

const PATIENCE_MS = 300
const SLOW_BYTES = 24

const POST = 'POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
const UPGRADE = 'HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
/** Requests as they should not be; some of them end in the middle. */
const REQUESTS = [
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x',
  'GET /health HTTP/9.9\r\nHost: x\r\n\r\n',
  'GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET //evil.example/%2e%2e/ HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /r/%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n',
  'BREW /api/login HTTP/1.1\r\nHost: x\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nA\0B: c\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${'c'.repeat(20_000)}\r\n\r\n`,
  `GET /${'p'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(3000)}\r\n`,
  `${POST}Content-Length: 10\r\n\r\n{"na`,
  `${POST}Content-Length: -1\r\n\r\n{}`,
  `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x`,
  `${POST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
  `${POST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}`,
  `${POST}Transfer-Encoding: chunked\r\n\r\n2;${'e'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  `${POST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
  `${POST}Expect: the-unexpected\r\nContent-Length: 2\r\n\r\n{}`,
  `${'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(20)}`,
  `GET /ws ${UPGRADE}\r\n`,
  `GET /ws ${UPGRADE}Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 99\r\n\r\n`,
  `GET /ws?token=%00 ${UPGRADE}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  `GET /nowhere ${UPGRADE}\r\n`,
  `POST /ws ${UPGRADE}\r\n`,
  `GET /socket.io/?EIO=4&transport=websocket&sid=nobody ${UPGRADE}\r\n`,
  `GET /socket.io/?transport=%00 HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /socket.io/?EIO=4&transport=websocket ${UPGRADE}Sec-WebSocket-Key: ""\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  'POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n42["',
]

/** A hostile client that speaks something like HTTP. */
export function createBytesAttack({ nonsense, world, silent, line, fault }: AttackContext): Attack<BytesInput> {
  const { among, random, below } = nonsense
  const { hostname, port } = new URL(world.url)

  return {
    next() {
      const whole = among(REQUESTS)
      const at = below(whole.length)
      const text =
        random() < 0.5
          ? whole
          : random() < 0.5
            ? whole.slice(0, at)
            : whole.slice(0, at) + nonsense.text() + whole.slice(at)
      const chance = random()
      return {
        way: 'http',
        line,
        text,
        ...(chance < 0.1 && { slowly: true }),
        ...(chance > 0.6 && { after: among(['cut', 'silence']) }),
      }
    },
    async send({ text, slowly, after }) {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      let answer = ''
      socket.on('error', () => undefined)
      socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString('latin1').slice(0, 1000)
      })
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      const bytes = Buffer.from(text)
      for (let at = 0; slowly === true && at < Math.min(SLOW_BYTES, bytes.length); at += 1) {
        socket.write(bytes.subarray(at, at + 1))
        await new Promise((resolve) => setImmediate(resolve))
      }
      socket.write(slowly === true ? bytes.subarray(SLOW_BYTES) : bytes)
      if (after === 'silence') {
        silent.add(socket)
        return
      }
      // Most is answered at once, and then closed; the rest waits for more, which does not come.
      const patience = new Promise<void>((resolve) => void setTimeout(resolve, after === 'cut' ? 2 : PATIENCE_MS))
      await Promise.race([closed, patience])
      socket.destroy()
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]
      // 501 is Node's word for a transfer coding that there is not; 503 that of pages which are not built.
      if (status !== undefined && /^5(?!01|03)/.test(status)) fault(`${answer.slice(0, 300)} for ${text.slice(0, 200)}`)
    },
    [Symbol.dispose]: () => undefined,
  }
}
