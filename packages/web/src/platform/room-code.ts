const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 12

/**
 * Finds a room's code in what a person typed or pasted: the code in any case, with or without hyphens or
 * spaces, or a link that ends in it. Letters that Crockford's alphabet leaves out are read as what they look like.
 * Resolves to the shown form, `k7fp-2m9x-qd4w`, or `null`.
 */
export function parseRoomCode(input: string): string | null {
  const link = /\/r\/([^/?#\s]+)/.exec(input)
  const letters = (link?.[1] ?? input.replace(/#.*$/s, ''))
    .toLowerCase()
    .replace(/[\s‐-―-]/g, '')
    .replace(/o/g, '0')
    .replace(/[il]/g, '1')
  if (letters.length !== LENGTH || [...letters].some((letter) => !ALPHABET.includes(letter))) return null
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/**
 * What stands after `#k=` in a link: the key of an encrypted room, or what is left of it. `null` where there is none.
 * It lives in the link alone: nothing writes it anywhere else, and browsers send nothing that stands after `#`.
 */
export const roomKeyIn = (link: string): string | null => /#k=([\w-]*)/.exec(link)?.[1] ?? null

/** Where a code or a link that a person typed or pasted leads, with the key that stood in it; `null`: nowhere. */
export function pathOfLink(input: string): string | null {
  const roomId = parseRoomCode(input)
  return roomId === null ? null : roomPath(roomId, roomKeyIn(input))
}

/** The room's page; the code in its shown form. `key`: of an encrypted room. */
export const roomPath = (roomId: string, key: string | null): string =>
  `/r/${encodeURIComponent(parseRoomCode(roomId) ?? roomId)}${key === null ? '' : `#k=${key}`}`

/** The link to send to others: whoever has it whole can read what is said. */
export const roomLink = (roomId: string, key: string | null): string =>
  new URL(roomPath(roomId, key), location.origin).href
