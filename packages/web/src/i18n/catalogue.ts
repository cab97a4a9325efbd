import type { Language } from './message-shape.ts'
import { english } from './messages/en/index.ts'

export type English = typeof english

/** The messages of every section in one language, as the runtime sees them. */
export type Catalogue = {
  readonly [Section in keyof English]: Readonly<
    Record<string, string | Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>>
  >
}

/** English travels with the page; the others are fetched when somebody wants them. */
export async function loadCatalogue(language: Language): Promise<Catalogue> {
  if (language === 'sv') return (await import('./messages/sv/index.ts')).swedish
  if (language === 'ar') return (await import('./messages/ar/index.ts')).arabic
  return english
}

export { english }
