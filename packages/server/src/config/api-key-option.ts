import { API_SCOPES, type ApiKey, type ApiScope } from '../auth/api-keys.ts'
import type { OptionType } from './option-types.ts'

/** `key`, or `key=scope+scope`; what stands at the end of Base64 is a part of the key. */
const WITH_SCOPES = /^(?<key>[^=\s]+={0,2})=(?<scopes>[a-z]+(?:\+[a-z]+)*)$/
const ALONE = /^[^=\s]+={0,2}$/

/** A key of the site's servers, with what it may be used for. */
export const apiKey: OptionType<ApiKey> = {
  expects: `a key, or a key=scope+scope of ${API_SCOPES.join(', ')}`,
  parse(text) {
    if (ALONE.test(text)) return { key: text, scopes: API_SCOPES }
    const { key, scopes } = WITH_SCOPES.exec(text)?.groups ?? {}
    if (key === undefined || scopes === undefined) return null
    const named = scopes.split('+')
    return named.every(isScope) ? { key, scopes: named } : null
  },
  format: ({ key }) => key,
}

const isScope = (name: string): name is ApiScope => (API_SCOPES as readonly string[]).includes(name)
