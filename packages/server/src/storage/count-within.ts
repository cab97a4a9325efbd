import type { InboxItem, Message } from '@parley/core'

/** How many of these sizes, from the first on, go into `maxBytes`: one at least, if there is one. */
export function countWithin(sizes: readonly number[], maxBytes: number): number {
  let sum = 0
  const end = sizes.findIndex((size) => {
    sum += size
    return sum > maxBytes
  })
  return end < 0 ? sizes.length : Math.max(1, end)
}

/** About how many bytes a message takes where it is told. */
export function messageBytes({ content, metadata, reactions }: Message): number {
  let bytes = Buffer.byteLength(content)
  if (metadata !== null) bytes += Buffer.byteLength(JSON.stringify(metadata))
  for (const userIds of Object.values(reactions)) for (const userId of userIds) bytes += userId.length
  return bytes
}

export const itemBytes = (item: InboxItem): number => ('message' in item ? messageBytes(item.message) : 0)
