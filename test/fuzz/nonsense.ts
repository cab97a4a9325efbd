/** Random input of every kind that a careless or hostile client may send. The same seed gives the same. */
export interface Nonsense {
  readonly random: () => number
  /** A whole number from 0 up to, not including, `end`. */
  below(end: number): number
  among<T>(items: readonly T[]): T
  /** Any JSON value. */
  json(depth?: number): unknown
  /** Any text, not all of it well-formed. */
  text(): string
  bytes(length: number): Buffer
  /** The value with one of its fields replaced, taken away or added. */
  spoiled(value: Readonly<Record<string, unknown>>): unknown
  /** Deeply nested JSON, as text: building it as a value is as hard on us as on the server. */
  deep(): string
  /** The JSON of an object with something done to it that an object can not have. */
  spoiledText(json: string): string
  /** Its bytes with one put in, taken out or changed, so that they may be no UTF-8 any more. */
  spoiledBytes(text: string): Buffer
}

const TEXTS = [
  '',
  ' ',
  'a',
  'null',
  '0',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '\0',
  '\u202Egnp.exe',
  '\uD800',
  '\uDFFFx',
  '👩‍👩‍👧‍👦',
  '\u200B',
  '﷽'.repeat(40),
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢',
  '<img src=x onerror=alert(1)>',
  '../../etc/passwd',
  "'; drop table messages; --",
  '%00%ff',
  '\r\nSet-Cookie: a=b',
  'x'.repeat(5000),
  '😀'.repeat(3000),
]
const NUMBERS = [0, -0, 1, -1, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, Number.MAX_SAFE_INTEGER, 4_294_967_296, 1e-300]
/** Put first into an object: keys that are there twice, or mean something to JavaScript. */
const EXTRA_FIELDS = [
  '"__proto__":{"polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
  '"toJSON":1,"toString":2,"valueOf":3,',
  '"type":"ping","type":"typing",',
  '"roomId":1,"chatId":[],"conversationId":{},',
  '"hasOwnProperty":null,"length":1e9,"then":{},',
  '"":"","\\u0000":0,',
]
/** JSON takes them as numbers; not all of them are numbers to JavaScript. */
const WRITTEN_NUMBERS = [
  '1e400',
  '-1e400',
  '9'.repeat(400),
  '0.1e-999',
  '-0',
  '1E+2',
  '12345678901234567890',
  '01',
  '.5',
]
const WRITTEN_TEXTS = ['"\\ud800"', '"\\udfff\\ud800"', '"\\u0000"', '"\t"', '"\\x41"', '"\u2028"', "'a'", '"\uFEFF"']
const KEYS = [
  'type',
  'ref',
  'roomId',
  'chatId',
  'text',
  'name',
  'since',
  'epoch',
  'rev',
  '__proto__',
  'constructor',
  '',
]

export function createNonsense(random: () => number): Nonsense {
  const below = (end: number): number => Math.floor(random() * end)
  const among = <T>(items: readonly T[]): T => items[below(items.length)] as T

  function text(): string {
    const chance = random()
    if (chance < 0.7) return among(TEXTS)
    return Array.from({ length: below(40) }, () => String.fromCharCode(below(0x1_0000))).join('')
  }

  function json(depth = 3): unknown {
    const chance = random()
    if (depth === 0 || chance < 0.25) return text()
    if (chance < 0.45) return among(NUMBERS)
    if (chance < 0.55) return among([true, false, null])
    if (chance < 0.56) return Array.from({ length: 3000 }, () => among(NUMBERS))
    if (chance < 0.75) return Array.from({ length: below(5) }, () => json(depth - 1))
    return objectOf(Array.from({ length: below(5) }, () => [among(KEYS), json(depth - 1)]))
  }

  return {
    random,
    below,
    among,
    json,
    text,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
    spoiled(value) {
      const chance = random()
      const key = among(Object.keys(value))
      if (chance < 0.15) return value
      if (chance < 0.6) return objectOf([...Object.entries(value), [key, json()]])
      if (chance < 0.75) return objectOf(Object.entries(value).filter(([other]) => other !== key))
      if (chance < 0.9) return objectOf([...Object.entries(value), [among(KEYS), json()]])
      return json()
    },
    deep() {
      const levels = among([50, 1000, 15_000])
      return among([
        '['.repeat(levels) + ']'.repeat(levels),
        `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
        '['.repeat(levels),
      ])
    },
    spoiledText(whole) {
      const chance = random()
      const value = /:("(?:[^"\\\\]|\\\\.)*"|-?[\d.]+|true|false|null)/g
      const inPlaceOfOne = (made: string): string => {
        const places = [...whole.matchAll(value)]
        if (places.length === 0) return made
        const { index, 0: found } = among(places)
        return `${whole.slice(0, index)}:${made}${whole.slice(index + found.length)}`
      }
      if (chance < 0.25) return whole.replace('{', `{${among(EXTRA_FIELDS)}`)
      if (chance < 0.45) return inPlaceOfOne(among(WRITTEN_NUMBERS))
      if (chance < 0.65) return inPlaceOfOne(among(WRITTEN_TEXTS))
      if (chance < 0.72) return inPlaceOfOne(this.deep())
      if (chance < 0.82) return whole.slice(0, below(whole.length))
      if (chance < 0.9) return whole + among([' ', '\0', '}', ',', whole, '\uFEFF', '//'])
      return among([' '.repeat(1000), '\uFEFF', '[', '\r\n\t']) + whole
    },
    spoiledBytes(whole) {
      const bytes = Buffer.from(whole)
      const at = below(bytes.length + 1)
      const odd = among([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x80], [0]])
      const after = at + among([0, 0, 1, 2])
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(odd), bytes.subarray(after)])
    },
  }
}

/** With own properties only, also of names that mean something to JavaScript. */
function objectOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (const [key, value] of entries) {
    Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return made
}
