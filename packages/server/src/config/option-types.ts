import { isIPv4, isIPv6 } from 'node:net'
import { parseRedisUrl } from './redis-address.ts'

/** How one kind of value is read from text, and how a person is told what it may be. */
export interface OptionType<T> {
  /** What to write, as in "must be …". */
  readonly expects: string
  /** `null`: the text is not such a value. */
  parse(text: string): T | null
  format(value: T): string
}

export const wholeNumber = (min: number, max: number): OptionType<number> => ({
  expects: `a whole number from ${min} to ${max}`,
  parse: (text) => (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : null),
  format: String,
})

/** A length of time in milliseconds. */
export const milliseconds = (min: number, max: number): OptionType<number> => ({
  ...wholeNumber(min, max),
  expects: `a number of milliseconds from ${min} to ${max}`,
})

export const yesOrNo: OptionType<boolean> = {
  expects: 'true or false',
  parse: (text) => (/^(true|1|yes|on)$/i.test(text) ? true : /^(false|0|no|off)$/i.test(text) ? false : null),
  format: String,
}

export const anyText: OptionType<string> = { expects: 'some text', parse: (text) => text, format: String }

export const oneOf = <const T extends string>(...choices: readonly T[]): OptionType<T> => ({
  expects: choices.length === 2 ? choices.join(' or ') : `one of ${choices.join(', ')}`,
  parse: (text) => choices.find((choice) => choice === text.toLowerCase()) ?? null,
  format: String,
})

/** Comma-separated. `expects` speaks of the whole list. */
export const listOf = <T>(item: OptionType<T>, expects: string): OptionType<readonly T[]> => ({
  expects,
  parse(text) {
    const parsed = splitList(text).map((part) => item.parse(part))
    const values = parsed.filter((value) => value !== null)
    return values.length > 0 && values.length === parsed.length ? values : null
  },
  format: (values) => values.map((value) => item.format(value)).join(','),
})

export const splitList = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** An origin as browsers send it (`https://chat.example.org`), or `*`. */
export const webOrigin: OptionType<string> = {
  expects: 'an origin such as https://chat.example.org, without a path',
  parse(text) {
    if (text === '*') return text
    if (!URL.canParse(text)) return null
    const url = new URL(text)
    return /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href ? url.origin : null
  },
  format: String,
}

/** An address of another server (`https://www.example.org/keys`). */
export const webUrl: OptionType<string> = {
  expects: 'an address such as https://www.example.org',
  parse: (text) => (/^https?:$/.test(URL.parse(text)?.protocol ?? '') ? text : null),
  format: String,
}

/** The same, or a path on one. */
export const webUrlOrPath: OptionType<string> = {
  expects: 'a path such as /api/session, or an address',
  parse: (text) => (text.startsWith('/') && !text.startsWith('//') ? text : webUrl.parse(text)),
  format: String,
}

const DATABASE_SCHEMES = /^(sqlite:.|(postgres|postgresql|mysql|mariadb):\/\/.)/

export const databaseUrl: OptionType<string> = {
  expects: 'sqlite:<file>, postgres://user:password@host/database or mysql://user:password@host/database',
  parse: (text) => (DATABASE_SCHEMES.test(text) && (text.startsWith('sqlite:') || URL.canParse(text)) ? text : null),
  format: String,
}

/** One server, a Cluster, or Sentinels. */
export const redisUrl: OptionType<string> = {
  expects:
    'redis://host:6379, rediss://host:6379, several of them with commas (Cluster), or redis+sentinel://host:26379,host:26379/name',
  parse: (text) => (parseRedisUrl(text) === null ? null : text),
  format: String,
}

/** The address of a STUN server, as browsers take it. */
export const stunUrl: OptionType<string> = {
  expects: 'an address such as stun:stun.example.org:3478',
  parse: (text) => (/^stuns?:[^\s/?#]+$/.test(text) ? text : null),
  format: String,
}

/** The address of a Janus, for its API. */
export const janusUrl: OptionType<string> = {
  expects: 'an address such as ws://10.0.0.5:8188 or ws+unix:/run/janus/api:/',
  parse: (text) =>
    /^wss?:$/.test(URL.parse(text)?.protocol ?? '') || /^ws\+unix:\/[^:]+:\/?$/.test(text) ? text : null,
  format: String,
}

/** The name of a machine, or its address. */
export const hostName: OptionType<string> = {
  expects: 'a name such as turn.example.org, or an address',
  parse: (text) =>
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) || isIPv6(text.replace(/^\[(.*)\]$/, '$1')) ? text : null,
  format: String,
}

export const ipv4Address: OptionType<string> = {
  expects: 'an IPv4 address such as 203.0.113.7',
  parse: (text) => (isIPv4(text) ? text : null),
  format: String,
}

/** `first-last`, both ends included. */
export const portRange: OptionType<readonly [first: number, last: number]> = {
  expects: 'two ports from 1024 to 65535, such as 20000-20999',
  parse(text) {
    const [first, last, ...rest] = text.split('-').map((part) => (/^ *\d+ *$/.test(part) ? Number(part) : Number.NaN))
    if (first === undefined || last === undefined || rest.length > 0) return null
    return first >= 1024 && last <= 65_535 && first <= last ? [first, last] : null
  },
  format: ([first, last]) => `${first}-${last}`,
}
