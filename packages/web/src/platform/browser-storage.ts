/**
 * localStorage that never throws: private windows, blocked cookies and full disks turn it into a memory
 * that lasts as long as the page.
 */
const memory = new Map<string, string>()

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? memory.get(key) ?? null
  } catch {
    return memory.get(key) ?? null
  }
}

export function writeStored(key: string, value: string): void {
  memory.set(key, value)
  try {
    localStorage.setItem(key, value)
    memory.delete(key)
  } catch {
    // Kept in memory above.
  }
}

export function removeStored(key: string): void {
  memory.delete(key)
  try {
    localStorage.removeItem(key)
  } catch {
    // Nothing was stored.
  }
}

export function storedKeys(): string[] {
  try {
    return [...new Set([...memory.keys(), ...Object.keys(localStorage)])]
  } catch {
    return [...memory.keys()]
  }
}

/** The stored JSON object, or `null` for anything else. */
export function readStoredObject(key: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(readStored(key) ?? 'null')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
