export const MIN_SECRET_LENGTH = 32

/** What the secrets of examples and tutorials are made of. */
const PLACEHOLDER_WORDS =
  /change|replace|secret|passw(or)?d|default|example|sample|your|super|random|string|jwt|token|key|sign|auth|production|development|please|this|must|least|characters?|chars|long|min(imum)?|very|strong|secure|insecure|test|demo|parley|local|admin|here|with|some|the|qwerty|asdf|12345(67890?)?/g
const MIN_UNGUESSABLE = 16
const MIN_DISTINCT = 8

/** Why a secret could be guessed, in words that complete "it …"; `null` when nothing speaks against it. */
export function weaknessOf(secret: string): string | null {
  if (secret.length < MIN_SECRET_LENGTH)
    return `has ${secret.length} characters, and needs at least ${MIN_SECRET_LENGTH}`
  if (new Set(secret).size < MIN_DISTINCT) return 'uses too few different characters'
  if ((secret + secret).indexOf(secret, 1) < secret.length) return 'repeats itself'
  const steps = [...secret].slice(1).filter((char, at) => Math.abs(char.charCodeAt(0) - secret.charCodeAt(at)) <= 1)
  if (steps.length > secret.length * 0.75) return 'is a sequence'
  const rest = secret
    .toLowerCase()
    .replace(PLACEHOLDER_WORDS, '')
    .replace(/[^a-z0-9+/]/g, '')
  return rest.length < MIN_UNGUESSABLE ? 'is made of words that anybody would try' : null
}
