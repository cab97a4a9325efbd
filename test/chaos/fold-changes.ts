import type { Change } from './change.ts'
import type { StoredMessage } from './history.ts'

interface Problem {
  readonly rev: number
  readonly says: string
}

/** Where what is stored is not what the changes, in their order, make of it. Messages from before what was told are left out. */
export function foldChanges(
  messages: readonly StoredMessage[],
  places: ReadonlyMap<number, Change>,
): readonly Problem[] {
  const texts = new Map<string, string | null>()
  const deleted = new Set<string>()
  const ordered = [...places.values()].sort((one, other) => one.rev - other.rev)
  const problems: Problem[] = []
  for (const { rev, kind, messageId, text } of ordered) {
    if (messageId === null) continue
    if (kind === 'said') texts.set(messageId, text)
    else if (kind === 'deleted') deleted.add(messageId)
    else if (deleted.has(messageId)) problems.push({ rev, says: `${messageId} was ${kind} after it was deleted` })
    else if (kind === 'edited' && texts.has(messageId)) texts.set(messageId, text)
  }
  for (const { id, seq, text, deleted: isDeleted } of messages) {
    const expected = texts.get(id)
    if (expected === undefined) continue
    if (isDeleted !== deleted.has(id)) {
      problems.push({ rev: seq, says: `is stored as ${isDeleted ? 'deleted' : 'there'}, and was told to be otherwise` })
    } else if (!isDeleted && text !== expected) {
      problems.push({
        rev: seq,
        says: `is stored as ${JSON.stringify(text)}, and was told as ${JSON.stringify(expected)}`,
      })
    }
  }
  return problems
}
