import { BotError } from './bot-error.ts'

/** What a link to a room says. */
export interface RoomLink {
  /** The server's address, without a slash at its end. */
  readonly server: string
  readonly roomId: string
  /** The key of an encrypted room, else `null`; never sent to the server. */
  readonly key: string | null
}

const PATH = /^(.*)\/r\/([^/]+)\/?$/

/** Reads a link such as `https://talk.example.org/r/k7fp-2m9x-qd4w#k=…`. Throws `BotError`. */
export function readRoomLink(link: string): RoomLink {
  const url = URL.parse(link)
  const [, path, roomId] = PATH.exec(url?.pathname ?? '') ?? []
  if (url === null || !/^https?:$/.test(url.protocol) || path === undefined || roomId === undefined) {
    throw new BotError(
      'link',
      `“${link}” is no link to a room. It looks like https://talk.example.org/r/k7fp-2m9x-qd4w.`,
    )
  }
  const key = new URLSearchParams(url.hash.slice(1)).get('k')
  return { server: `${url.origin}${path}`, roomId: decodeURIComponent(roomId), key }
}
