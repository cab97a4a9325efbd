const canonical = /^[0-9a-hjkmnp-tv-z]{12}$/

/** Whether an id has the form of a room's. */
export function isRoomId(id: string): boolean {
  return canonical.test(id)
}

/**
 * The room id that a person meant: any case, with or without hyphens, and the letters that Crockford's
 * base32 leaves out read as the digits they look like. What does not have the shape of one comes back
 * unchanged, and is simply not found.
 */
export function normalizeRoomId(typed: string): string {
  if (canonical.test(typed)) return typed
  const id = typed.trim().toLowerCase().replaceAll('-', '').replace(/[il]/g, '1').replaceAll('o', '0')
  return canonical.test(id) ? id : typed
}
