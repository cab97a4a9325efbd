import { DomainError } from '@parley/core'
import { z } from 'zod'

const place = z.tuple([
  z.int().min(0),
  z
    .string()
    .min(1)
    .max(128)
    .refine((id) => id.isWellFormed() && !id.includes('\0')),
])

interface ListPlace {
  readonly activeAt: number
  readonly id: string
}

/** Where a page of the caller's conversations ends, in one opaque word. */
export const listPlace = ({
  activeAt,
  conversation,
}: {
  readonly activeAt: number
  readonly conversation: { readonly id: string }
}): string => Buffer.from(JSON.stringify([activeAt, conversation.id])).toString('base64url')

/** Throws `VALIDATION_FAILED` for what is not one of ours. */
export function readListPlace(word: string): ListPlace {
  const parsed = place.safeParse(parseJson(Buffer.from(word, 'base64url').toString()))
  if (parsed.success) {
    const [activeAt, id] = parsed.data
    return { activeAt, id }
  }
  const errors = [{ path: 'before', message: 'is not the next of a page before' }]
  throw new DomainError('VALIDATION_FAILED', 'before: is not the next of a page before.', { errors })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
