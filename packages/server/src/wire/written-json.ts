const texts = new WeakMap<object, string>()

/**
 * Takes note of how a value is written as JSON, for as long as it is the same value: it must not change any more. For
 * what is long, and goes to many.
 */
export function keepText<T extends object>(value: T, text: string): T {
  texts.set(value, text)
  return value
}

/** As `JSON.stringify` writes an object; those of its values whose text is kept are not written anew. */
export function writeObject(fields: object): string {
  let text = ''
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    const written = writeValue(value)
    if (written !== undefined) text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${written}`
  }
  return text === '' ? '{}' : `${text}}`
}

/** `undefined` for what JSON has no word for. */
function writeValue(value: unknown): string | undefined {
  const kept = typeof value === 'object' && value !== null ? texts.get(value) : undefined
  return kept ?? JSON.stringify(value)
}
