import { z } from 'zod'
import { SIZES } from './limits.ts'

/** Counts code points, as a person counts characters: an emoji outside the BMP is one. */
const codePoints = (value: string): number => [...value].length

/** A string whose length is between `min` and `max` code points. */
export const textOf = (min: number, max: number) => {
  const message = `must have ${min} to ${max} characters`
  return z
    .string()
    .max(max * 2, { message, abort: true })
    .refine((value) => codePoints(value) >= min && codePoints(value) <= max, { message })
}

/** A name as typed: the core trims, normalises and checks what is left. */
export const nameInput = z.string().max(400)

/** Whole characters and no NUL: what every database can look for. Anything else is nobody's id. */
const identifier = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), { message: 'must be text' })

/** The room id as a person may type it: any case, with or without hyphens. */
export const roomIdInput = identifier(128)

export const idInput = identifier(128)
/** A client's own id of what it sends. */
export const clientIdInput = identifier(SIZES.maxClientIdLength)
/** Who ended a room before its time; left out when that was up. */
export const endedBy = z.enum(['host', 'operator']).optional()
export const role = z.enum(['host', 'moderator', 'speaker', 'listener'])
export const position = z.object({ epoch: z.string().max(64), rev: z.int().min(0) })
/** A message as the end of a page: its `seq`, in digits too, or its id. */
export const placeInput = z.union([z.int().min(0), idInput], 'must be the seq or the id of a message')
export const emojiInput = z.string().min(1).max(SIZES.maxEmojiLength)
/** Unix milliseconds. */
export const timestamp = z.int().min(0)
export const voiceState = z.object({ joined: z.boolean(), muted: z.boolean(), speaking: z.boolean() })
/** Deeper than anybody means it to be. */
const MAX_JSON_DEPTH = 200
/** More than any JSON has that is short enough to be taken. */
const MAX_JSON_PARTS = SIZES.maxSignalBytes

/** Whether it is what JSON can say, of plain objects and arrays. Stops where it is too deep or has too many parts. */
function isJson(value: unknown): boolean {
  let parts = 0
  let level = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_DEPTH) return false
    const next: unknown[] = []
    for (const part of level) {
      if (Array.isArray(part) || isPlainObject(part)) {
        const inner: readonly unknown[] = Array.isArray(part) ? part : Object.values(part)
        parts += inner.length
        if (parts > MAX_JSON_PARTS) return false
        for (const each of inner) next.push(each)
      } else if (!isJsonScalar(part)) return false
    }
    level = next
  }
  return true
}

const isJsonScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/**
 * What only its sender and its readers understand. Not `z.json()`: its unions take half a second for what
 * fits in one packet.
 */
export const anyJson = z
  .unknown()
  .refine(isJson, { message: 'must be JSON, neither too deep nor too long', abort: true }) as z.ZodType<
  z.core.util.JSONType,
  z.core.util.JSONType
>

const encoder = new TextEncoder()
const MOST_BYTES_PER_UNIT = 3
/** Encodes only what may be too long: most texts are short, and every message is asked. */
export const fitsIn = (value: string, maxBytes: number): boolean =>
  value.length * MOST_BYTES_PER_UNIT <= maxBytes || encoder.encode(value).length <= maxBytes

/** Opaque to the server; measured in UTF-8 bytes. */
export const contentInput = z
  .string()
  .min(1)
  .max(SIZES.maxContentBytes)
  .refine((value) => fitsIn(value, SIZES.maxContentBytes), {
    message: `must be at most ${SIZES.maxContentBytes} bytes`,
  })
const maxMetadataBytes = 8192
export const metadataInput = z
  .record(z.string(), anyJson)
  .refine((value) => fitsIn(JSON.stringify(value), maxMetadataBytes), {
    message: `must be at most ${maxMetadataBytes} bytes of JSON`,
  })
/** Emoji to the ids of those who reacted with it, in the order they did. */
export const reactions = z.record(z.string(), z.array(z.string()))

export type Role = z.infer<typeof role>
export type Position = z.infer<typeof position>
export type VoiceState = z.infer<typeof voiceState>
