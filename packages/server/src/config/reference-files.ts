import { fileURLToPath } from 'node:url'
import { errorsPage } from '../http/describe-errors.ts'
import { configurationPage, envExample } from './describe-config.ts'

/** Files that are generated from the code, by path in the repository. */
export const REFERENCE_FILES: readonly { readonly path: string; readonly content: () => string }[] = [
  { path: '.env.example', content: envExample },
  { path: 'docs/reference/configuration.md', content: configurationPage },
  { path: 'docs/reference/errors.md', content: errorsPage },
]

export const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url))
