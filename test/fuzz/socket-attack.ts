import { messenger, rooms, site } from '@parley/protocol'
import type { Attack, AttackContext } from './attack.ts'
import type { FrameInput, SocketInput, SocketWay } from './input.ts'
import { openRawLine, type RawLine } from './raw-line.ts'
import type { JsonSchema } from './sample-schema.ts'

const SCHEMAS: Readonly<Record<SocketWay, Readonly<Record<string, JsonSchema>>>> = {
  rooms: toJsonSchemas(rooms.clientMessages),
  messenger: toJsonSchemas(messenger.clientMessages),
  site: toJsonSchemas(site.clientMessages),
}
/** After these a client is nowhere, and the rest of what it sends is refused. */
const ENDINGS = [
  'leave_room',
  'chat:leave',
  'room:leave',
  'room:end',
  'conversation:leave',
  'auth:refresh',
  'room:kick',
  'kick',
]
const ENDING_SHARE = 0.1
/** What brings it back, and what most is about. */
const FREQUENT = ['join_room', 'send_message', 'chat:join', 'message:new', 'conversation:join', 'message:send']
const FREQUENT_SHARE = 0.35
/** Event names that mean something to Socket.IO or to JavaScript. */
const RESERVED_NAMES = [
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
  'error',
  'message:ack',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '',
]
const ODD_ACKS = ['', '0', '99999999999999999999', '007', '-1', '1.5', '1e3']
const ODD_PACKETS = [
  ...['40/admin,{}', '40/,{"token":1}', '40[]', '40{"token":{"a":1}}', '42/none,["x"]', '41', '41/none,', '44{}'],
  ...[
    '430[]',
    '4399["x"]',
    '451-["x",{"_placeholder":true,"num":0}]',
    '46',
    '47',
    '4',
    '42',
    '42[]',
    '42{}',
    '42[null]',
  ],
  ...['2', '3', '2probe', '5', '6', '1', '0{}', '9', '', 'b', 'bAAAA', '421[', '42[1]', '42["x"', '4\0'],
]
/** Around what is the longest that each takes. */
const LENGTHS: Readonly<Record<SocketWay, readonly number[]>> = {
  rooms: [125, 126, 4001, 65_400, 65_535, 65_536, 65_537, 70_000],
  messenger: [125, 126, 65_535, 65_537, 262_144, 1_048_576, 1_048_577],
  site: [125, 126, 65_535, 65_537, 262_144, 1_048_576, 1_048_577],
}
/** The server has this long to answer a question, however busy it is. */
const ANSWER_WITHIN_MS = 30_000
const ASK_EVERY = 6
const QUESTION = {
  rooms: '{"type":"ping","ref":"still-there"}',
  messenger: '42999["is:there"]',
  site: '42999["is:there"]',
}
const ANSWER = { rooms: '"ref":"still-there"', messenger: '43999', site: '43999' }

function toJsonSchemas(
  messages: typeof rooms.clientMessages | typeof messenger.clientMessages | typeof site.clientMessages,
) {
  const entries = Object.entries(messages)
  return Object.fromEntries(entries.map(([name, schema]) => [name, schema.toJSONSchema({ io: 'input' }) as JsonSchema]))
}

/** A hostile client on a WebSocket: frames, packets, messages of every kind, in any order. */
export function createSocketAttack(way: SocketWay, context: AttackContext): Attack<SocketInput> {
  const { nonsense, world, judge, silent, line: number, sample, fault } = context
  const { below, among, random } = nonsense
  const names = Object.keys(SCHEMAS[way])
  let line: RawLine | null = null
  let token: string | null = null
  let heard: (() => void) | null = null
  let sinceAsked = 0
  /** Whether the client has sent a close frame, on the line that is open. */
  let closing = { isAsked: false }
  let generation = world.generation

  const frequent = names.filter((name) => FREQUENT.includes(name))
  function chooseName(): string {
    if (random() < FREQUENT_SHARE) return among(frequent)
    const name = among(names)
    return ENDINGS.includes(name) && random() > ENDING_SHARE ? among(frequent) : name
  }

  const acknowledged = (): string => (random() < 0.93 ? '7' : among(ODD_ACKS))

  /** A message that the wire takes, or would but for one thing. */
  function message(): string {
    const name = chooseName()
    const value = sample(SCHEMAS[way][name] as JsonSchema) as Record<string, unknown>
    const chance = random()
    const given = chance < 0.55 ? value : chance < 0.92 ? nonsense.spoiled(value) : nonsense.json()
    if (way === 'rooms') {
      const text = JSON.stringify(given) ?? ''
      return random() < 0.06 ? nonsense.spoiledText(text) : text
    }
    const event = random() < 0.97 ? name : random() < 0.9 ? among(RESERVED_NAMES) : nonsense.json(1)
    const data = random() < 0.95 ? [event, given] : [event, given, nonsense.json(1)]
    const text = JSON.stringify(random() < 0.02 ? [event] : data)
    return `42${acknowledged()}${random() < 0.06 ? nonsense.spoiledText(text) : text}`
  }

  function inPieces(): FrameInput[] {
    const whole = message()
    const size = 5 + below(200)
    const frames: FrameInput[] = []
    for (let at = 0; at < Math.min(whole.length, size * 100); at += size) {
      frames.push({ text: whole.slice(at, at + size), opcode: at === 0 ? 1 : 0, fin: at + size >= whole.length })
      if (random() < 0.2) frames.push({ text: 'p', opcode: among([9, 10]) })
      if (random() < 0.01) frames.push({ text: '{}', opcode: among([1, 2]) })
    }
    return frames
  }

  /** Announces binary attachments, and sends as many of them, or other things. */
  function attachments(): FrameInput[] {
    const announced = among([0, 1, 2, 3, 10, 11, 1000, 1e9, -1])
    const placeholder = { _placeholder: true, num: among([0, 1, -1, 'x', 5000, '__proto__']) }
    const data = { chatId: '{{chat}}', encryptedContent: placeholder, metadata: { a: placeholder } }
    const head = `4${among([5, 6])}${announced}-${acknowledged()}${JSON.stringify([among(names), data])}`
    const sent = Array.from({ length: below(4) }, () => ({ bytes: nonsense.bytes(20).toString('base64'), opcode: 2 }))
    return [{ text: head }, ...sent]
  }

  function next(): SocketInput {
    const chance = random()
    const of = (frames: readonly FrameInput[], after?: 'cut' | 'silence'): SocketInput => ({
      way,
      line: number,
      frames,
      ...(after === undefined ? {} : { after }),
    })
    if (chance < 0.8) return of([{ text: message() }])
    if (chance < 0.86) return of([{ text: message() }, { text: message() }, { text: message() }])
    if (chance < 0.88) return of([{ text: message(), slowly: true }])
    if (chance < 0.91) return of(inPieces())
    // Most of what follows ends the connection.
    if (chance < 0.92) return of(way === 'rooms' ? [{ text: nonsense.text() }] : [{ text: among(ODD_PACKETS) }])
    if (chance < 0.935) return of(way === 'rooms' ? [{ text: nonsense.deep() }] : attachments())
    if (chance < 0.945) return of([{ bytes: nonsense.spoiledBytes(message()).toString('base64') }])
    if (chance < 0.955) return of([{ bytes: nonsense.bytes(below(200)).toString('base64'), opcode: below(16) }])
    if (chance < 0.963) return of([closeFrame()])
    if (chance < 0.97) return of([{ text: message(), reserved: below(8), masked: random() < 0.5 }])
    if (chance < 0.975) return of([{ text: 'x', length: among([2, 70_000, 2 ** 40]) }], 'silence')
    if (chance < 0.98) return of([{ text: message().slice(0, 8), fin: false }], 'silence')
    if (chance < 0.984) return of([{ text: `{"type":"${'y'.repeat(among(LENGTHS[way]))}"}` }])
    return of([{ text: message() }], 'cut')
  }

  function closeFrame(): FrameInput {
    const code = Buffer.alloc(2)
    code.writeUInt16BE(among([0, 999, 1000, 1001, 1004, 1005, 1006, 1015, 2999, 3000, 4400, 5000, 65_535]))
    const reason = among(['', 'bye', 'z'.repeat(130), '\0'])
    const bytes = random() < 0.2 ? nonsense.bytes(below(4)) : Buffer.concat([code, Buffer.from(reason)])
    return { bytes: bytes.toString('base64'), opcode: among([8, 8, 9]) }
  }

  async function open(): Promise<RawLine | null> {
    sinceAsked = 0
    generation = world.generation
    const own = { isAsked: false }
    closing = own
    const listener = {
      onText(text: string): void {
        if (text.includes(ANSWER[way]) || /^4[04]\{/.test(text)) heard?.()
        world.note(text)
        const verdict = judge.socketText(way, text)
        if (verdict !== null) fault(verdict)
      },
      onClose(code: number): void {
        // The code of a client's own close comes back to it.
        const verdict = own.isAsked ? null : judge.closeCode(way, code)
        if (verdict !== null) fault(verdict)
        // Thrown out, or the room is over.
        if (code === 4401 || code === 4403 || code === 4410) token = null
      },
    }
    token ??= way === 'rooms' || (way === 'messenger' && number % 2 === 1) ? await admission() : world.userToken(number)
    if (way === 'rooms') {
      const opened = await openRawLine(
        world.url,
        '/ws',
        [`Sec-WebSocket-Protocol: parley.v1, bearer.${token}`],
        listener,
      )
      if (opened === null) token = null
      else if (random() < 0.85) opened.text(world.fill('{"type":"join_room","roomId":"{{room}}"}', number))
      return opened
    }
    const opened = await openRawLine(world.url, '/socket.io/?EIO=4&transport=websocket', [], listener)
    if (opened === null || random() < 0.06) return opened
    const connected = new Promise<void>((resolve) => {
      heard = resolve
    })
    opened.text(way === 'messenger' ? `40${JSON.stringify({ token })}` : '40')
    // What comes before it is let in ends the connection.
    if (random() < 0.95) await Promise.race([connected, opened.closed])
    if (way === 'messenger') {
      if (random() < 0.8) opened.text(world.fill('420["chat:join",{"chatId":"{{chat}}"}]', number))
      return opened
    }
    if (random() < 0.95) opened.text(`420["authenticate",${JSON.stringify({ token })}]`)
    if (random() < 0.85)
      opened.text(world.fill('420["conversation:join",{"conversationId":"{{conversation}}"}]', number))
    return opened
  }

  /** A guest's token; when the room is closed by what was done in it, for another one. */
  async function admission(): Promise<string> {
    try {
      return await world.guestToken(number)
    } catch {
      await world.renew()
      return world.guestToken(number)
    }
  }

  async function ask(asked: RawLine): Promise<void> {
    sinceAsked = 0
    const { promise, resolve } = Promise.withResolvers<void>()
    const tooLate = setTimeout(() => {
      fault(`${way} ${number}: no answer within ${ANSWER_WITHIN_MS} ms`)
      resolve()
    }, ANSWER_WITHIN_MS)
    heard = resolve
    asked.text(QUESTION[way])
    await Promise.race([promise, asked.closed])
    heard = null
    clearTimeout(tooLate)
  }

  return {
    next,
    async send(input) {
      if (generation !== world.generation) token = null
      if (line?.isOpen !== true || token === null) {
        line?.[Symbol.dispose]()
        line = await open()
      }
      if (line === null) return
      for (const frame of input.frames) {
        closing.isAsked ||= frame.opcode === 8 || frame.bytes !== undefined
        await line.frame(frame.text === undefined ? frame : { ...frame, text: world.fill(frame.text, number) })
      }
      sinceAsked += 1
      if (input.after === 'cut') {
        // A little later, so that what was sent gets there.
        await new Promise((resolve) => setImmediate(resolve))
        line[Symbol.dispose]()
      } else if (input.after === 'silence') {
        silent.add(line.socket)
        line = null
      } else if (sinceAsked >= ASK_EVERY) await ask(line)
    },
    [Symbol.dispose]: () => line?.[Symbol.dispose](),
  }
}
