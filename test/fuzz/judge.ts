import { CLOSE_CODES, ERROR_STATUS, messenger, rooms, site } from '@parley/protocol'
import type { SocketWay } from './input.ts'

/** What is wrong with what a server says; `null` when nothing is. */
type Verdict = string | null

/** Every so many events are held against their schemas: all of them would be most of the work. */
const LOOK_CLOSELY_EVERY = 16
/** RFC 6455 and Engine.IO: what a broken frame, a bad text or a long one is closed with. */
const PLAIN_CLOSE_CODES = [1002, 1005, 1007, 1008, 1009]
const CLOSE_CODES_OF: Readonly<Record<SocketWay, readonly number[]>> = {
  rooms: Object.values(CLOSE_CODES),
  messenger: PLAIN_CLOSE_CODES,
  site: PLAIN_CLOSE_CODES,
}

export interface Judge {
  /** Judges a text on a WebSocket, or a packet of a poll. */
  socketText(way: SocketWay, text: string): Verdict
  /** Judges the code with which the server closed of its own accord. */
  closeCode(way: SocketWay, code: number): Verdict
  /** Judges an answer to a REST call. */
  answer(status: number, type: string, body: string): Verdict
}

/** Answers are well formed, their codes are of the closed list, and none of them says that something broke. */
export function createJudge(): Judge {
  let seen = 0

  function code(value: unknown, where: string): Verdict {
    if (typeof value !== 'string' || !Object.hasOwn(ERROR_STATUS, value)) return `${where}: no such code: ${value}`
    return value === 'INTERNAL' ? `${where}: INTERNAL` : null
  }

  function roomsFrame(text: string): Verdict {
    const frame = JSON.parse(text) as { type?: string; code?: unknown; event?: string }
    if (frame.type === 'error') return code(frame.code, 'error')
    seen += 1
    if (seen % LOOK_CLOSELY_EVERY !== 0) return null
    const schema =
      frame.type === 'room_event'
        ? rooms.roomEvents[frame.event as rooms.RoomEventName]
        : rooms.serverMessages[frame.type as keyof typeof rooms.serverMessages]
    if (schema === undefined) return `no such frame: ${text.slice(0, 300)}`
    const parsed = schema.safeParse(frame)
    return parsed.success ? null : `not as the protocol says: ${text.slice(0, 300)}: ${parsed.error.message}`
  }

  function event([name, data]: readonly unknown[]): Verdict {
    if (name === 'error') return code((data as { code?: unknown }).code, 'error')
    seen += 1
    if (seen % LOOK_CLOSELY_EVERY !== 0) return null
    // A connection may speak either wire, and change its mind.
    const schemas = [
      messenger.serverMessages[name as messenger.ServerEvent],
      site.serverMessages[name as site.ServerEvent],
    ].filter((schema) => schema !== undefined)
    if (schemas.length === 0) return `no such event: ${name}`
    if (schemas.some((schema) => schema.safeParse(data).success)) return null
    return `not as the protocol says: ${name} ${JSON.stringify(data).slice(0, 300)}`
  }

  function acknowledgement([answer]: readonly unknown[]): Verdict {
    const { ok, error } = (answer ?? {}) as { ok?: unknown; error?: { code?: unknown } }
    if (ok === true) return null
    return ok === false ? code(error?.code, 'answer') : `no answer: ${JSON.stringify(answer)?.slice(0, 300)}`
  }

  function packet(text: string): Verdict {
    // Engine.IO's own: open, close, ping, pong, noop.
    if (text[0] !== '4') return /^[01236]/.test(text) ? null : `no such packet: ${text.slice(0, 100)}`
    const start = text.search(/[[{]/)
    if (start === -1) return null
    const data = JSON.parse(text.slice(start))
    switch (text[1]) {
      case '0':
        return null
      case '2':
        return event(data)
      case '3':
        return acknowledgement(data)
      case '4':
        // An answer of Socket.IO itself, about a namespace that does not exist.
        return data.message === 'Invalid namespace' ? null : code(data.data?.code, 'connect_error')
      default:
        return `no such packet: ${text.slice(0, 100)}`
    }
  }

  return {
    socketText(way, text) {
      try {
        return way === 'rooms' ? roomsFrame(text) : packet(text)
      } catch (error) {
        return `${error}: ${text.slice(0, 300)}`
      }
    },
    closeCode(way, given) {
      return CLOSE_CODES_OF[way].includes(given) ? null : `no such close code: ${given}`
    },
    answer(status, type, body) {
      // The app's page is at every address that could be one, and may not be built.
      if (status < 400 || (status === 503 && type.startsWith('text/html'))) return null
      if (!type.startsWith('application/problem+json')) return `${status} is no problem document: ${body.slice(0, 200)}`
      const problem = JSON.parse(body) as rooms.Problem
      if (problem.status !== status) return `${status} says ${problem.status}`
      if (status >= 500 && ERROR_STATUS[problem.code as keyof typeof ERROR_STATUS] !== status) {
        return `${status} ${problem.code}`
      }
      return code(problem.code, `${status}`)
    },
  }
}
