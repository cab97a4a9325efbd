import { fileURLToPath } from 'node:url'

/** Where a file of `fixtures/` is. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url))
