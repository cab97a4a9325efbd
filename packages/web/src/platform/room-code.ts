const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 12

/**
 * Finds a room's code in what a person typed or pasted: the code in any case, with or without hyphens or
 * spaces, or a link that ends in it. Letters that Crockford's alphabet leaves out are read as what they look like.
 * Resolves to the shown form, `k7fp-2m9x-qd4w`, or `null`.
 */
export function parseRoomCode(input: string): string | null {
  const link = /\/r\/([^/?#\s]+)/.exec(input)
  const letters = (link?.[1] ?? input)
    .toLowerCase()
    .replace(/[\s‐-―-]/g, '')
    .replace(/o/g, '0')
    .replace(/[il]/g, '1')
  if (letters.length !== LENGTH || [...letters].some((letter) => !ALPHABET.includes(letter))) return null
  return letters.replace(/(.{4})(?=.)/g, '$1-')
}

/** The room's page; the code in its shown form. */
export const roomPath = (roomId: string): string => `/r/${encodeURIComponent(parseRoomCode(roomId) ?? roomId)}`

/** The link to send to others. */
export const roomLink = (roomId: string): string => new URL(roomPath(roomId), location.origin).href
