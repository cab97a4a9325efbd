import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

/** A file of `deploy`, as it is. */
export const deployed = (path: string): string => readFileSync(join(ROOT, 'deploy', path), 'utf8')

/** Every name that a server reads from its environment, as the example file has them. */
export const SETTING_NAMES: ReadonlySet<string> = new Set(
  [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^#([A-Z][A-Z0-9_]+)=/gm)].map(([, name = '']) => name),
)
