import { createHash } from 'node:crypto'
import {
  ATTRIBUTE,
  type Attribute,
  type Ipv4Endpoint,
  METHOD,
  readError,
  readStun,
  readXorAddress,
  type StunMessage,
  writeStun,
  writeXorAddress,
} from './stun-message.ts'
import type { TurnLine } from './turn-line.ts'

export interface TurnLogin {
  readonly username: string
  readonly credential: string
}

/** The relay refused, with a code of STUN or TURN: 401 wrong credentials, 403 a peer it does not relay to, 486 quota, … */
export class RelayRefused extends Error {
  override readonly name = 'RelayRefused'
  readonly code: number

  constructor(code: number, reason: string) {
    super(`the relay refuses it: ${reason} (${code})`)
    this.code = code
  }
}

/** A place on a relay (RFC 8656): what arrives there by UDP comes to us, and what we send comes from there. */
export interface Allocation extends AsyncDisposable {
  readonly relayed: Ipv4Endpoint
  permit(peer: Ipv4Endpoint): Promise<void>
  send(peer: Ipv4Endpoint, data: Buffer): void
  onData: (data: Buffer) => void
}

const UDP = 17
const SUCCESS = 0x0100
const UNAUTHORIZED = 401
const REPEAT_AFTER_MS = 500
const ANSWER_WITHIN_MS = 3000

/** Takes a place on the relay at the other end of a line, which it then owns. Rejects with `RelayRefused`, or when nothing answers. */
export async function openAllocation(line: TurnLine, { username, credential }: TurnLogin): Promise<Allocation> {
  await using opened = new AsyncDisposableStack()
  opened.defer(() => line.close())
  const askers = new Map<string, (answer: StunMessage) => void>()
  let onData: (data: Buffer) => void = () => undefined
  line.onMessage = (bytes) => {
    const message = readStun(bytes)
    if (message === null) return
    askers.get(message.transaction)?.(message)
    const data = message.attributes.get(ATTRIBUTE.data)
    if (message.type === METHOD.data && data !== undefined) onData(data)
  }

  async function ask(method: number, attributes: readonly Attribute[], key: Buffer | null): Promise<StunMessage> {
    const { bytes, transaction } = writeStun(method, attributes, key)
    const { promise, resolve, reject } = Promise.withResolvers<StunMessage>()
    askers.set(transaction, resolve)
    line.onBroken = reject
    line.send(bytes)
    const again = line.isReliable ? undefined : setInterval(() => line.send(bytes), REPEAT_AFTER_MS)
    const tooLate = setTimeout(() => reject(new Error('it does not answer')), ANSWER_WITHIN_MS)
    try {
      return await promise
    } finally {
      clearInterval(again)
      clearTimeout(tooLate)
      askers.delete(transaction)
    }
  }

  const transport: Attribute = [ATTRIBUTE.requestedTransport, Buffer.from([UDP, 0, 0, 0])]
  const challenge = await ask(METHOD.allocate, [transport], null)
  if (readError(challenge)?.code !== UNAUTHORIZED) requireSuccess(challenge, METHOD.allocate)
  const realm = challenge.attributes.get(ATTRIBUTE.realm) ?? Buffer.alloc(0)
  const nonce = challenge.attributes.get(ATTRIBUTE.nonce) ?? Buffer.alloc(0)
  const key = createHash('md5').update(`${username}:${realm.toString()}:${credential}`).digest()
  const login: readonly Attribute[] = [
    [ATTRIBUTE.username, Buffer.from(username)],
    [ATTRIBUTE.realm, realm],
    [ATTRIBUTE.nonce, nonce],
  ]
  const request = async (method: number, ...attributes: readonly Attribute[]): Promise<StunMessage> =>
    requireSuccess(await ask(method, [...attributes, ...login], key), method)

  const granted = await request(METHOD.allocate, transport)
  const address = granted.attributes.get(ATTRIBUTE.xorRelayedAddress)
  if (address === undefined) throw new Error('it gives no relayed address')
  opened.defer(
    async () => void (await request(METHOD.refresh, [ATTRIBUTE.lifetime, Buffer.alloc(4)]).catch(() => undefined)),
  )
  const closing = opened.move()
  return {
    relayed: readXorAddress(address),
    async permit(peer) {
      await request(METHOD.createPermission, [ATTRIBUTE.xorPeerAddress, writeXorAddress(peer)])
    },
    send(peer, data) {
      const attributes: readonly Attribute[] = [
        [ATTRIBUTE.xorPeerAddress, writeXorAddress(peer)],
        [ATTRIBUTE.data, data],
      ]
      line.send(writeStun(METHOD.send, attributes, null).bytes)
    },
    set onData(listener: (data: Buffer) => void) {
      onData = listener
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

function requireSuccess(answer: StunMessage, method: number): StunMessage {
  if (answer.type === (method | SUCCESS)) return answer
  const error = readError(answer)
  throw error === null ? new Error('it answers something else') : new RelayRefused(error.code, error.reason)
}
